"""A vault's coins are found at an Esplora or a Bitcoin Core of anybody, whose word for them is not taken."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from custody.bitcoin.scripts import script_at
from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import Place
from tests.custody.recovery.desk import COINS, INDEX, TO, Desk, desk_in, is_recovered
from tests.custody.support.serving import serving

BY_TXID = {txid(one): one for one in COINS}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path)


def unspent(desk: Desk, branch: int) -> list[dict[str, Any]]:
    script = script_at(desk.wallet, Place(branch, INDEX)).script
    return [
        {"txid": name, "vout": vout, "value": output.value_sats, "height": 7}
        for name, tx in BY_TXID.items()
        for vout, output in enumerate(tx.outputs)
        if output.script == script
    ]


class Answers(BaseHTTPRequestHandler):
    """Of an Esplora by GET and of a Bitcoin Core by POST."""

    desk: Desk
    told: dict[str, bytes]  # instead of what is so, by a piece of the path or the name of the call

    def do_GET(self) -> None:
        parts = self.path.split("/")
        self._answer(
            next((told for piece, told in self.told.items() if piece in self.path), self._true(parts))
        )

    def _true(self, parts: list[str]) -> bytes:
        if parts[-1] == "raw":
            return serialize(BY_TXID[parts[-2]])
        addresses = {script_at(self.desk.wallet, Place(branch, INDEX)).address: branch for branch in (0, 1)}
        return json.dumps(unspent(self.desk, addresses[parts[-2]])).encode()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        calls: dict[str, Any] = {
            "scantxoutset": lambda: {
                "success": True,
                "unspents": unspent(self.desk, 0) + unspent(self.desk, 1),
            },
            "getblockhash": lambda: "00" * 32,
            "getrawtransaction": lambda: serialize(BY_TXID[asked["params"][0]]).hex(),
        }
        method = asked["method"]
        result = json.loads(self.told[method]) if method in self.told else calls[method]()
        self._answer(json.dumps({"id": asked["id"], "result": result, "error": None}).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def answering(desk: Desk, **told: bytes) -> Iterator[str]:
    handler = type("Handler", (Answers,), {"desk": desk, "told": told})
    with serving(handler) as port:
        yield f"127.0.0.1:{port}"


def recovered(desk: Desk) -> bool:
    desk.sign("user")
    desk.sign("backup")
    tx = desk.finish()
    return len(tx.inputs) == 3 and is_recovered(tx, *COINS)


def test_an_esplora_says_which_coins_there_are(desk: Desk) -> None:
    with answering(desk) as server:
        desk.begin(esplora=f"http://{server}/api/")
    assert recovered(desk)


def test_a_bitcoin_core_says_which_coins_there_are(desk: Desk) -> None:
    with answering(desk) as server:
        desk.begin(core=f"http://user:p%40ss@{server}")
    assert recovered(desk)


def test_its_password_may_come_from_its_cookie_file(desk: Desk) -> None:
    """An argument is read by whoever lists the processes of the machine."""
    cookie = desk.folder / ".cookie"
    cookie.write_text("__cookie__:of the node")
    with answering(desk) as server:
        desk.begin(core=f"http://{server}?cookie={cookie}")
    assert recovered(desk)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("esplora", {"utxo": b"{}"}),
        ("esplora", {"utxo": b"not json"}),
        ("esplora", {"utxo": b'[{"txid": 1, "vout": 0}]'}),
        ("esplora", {"utxo": b'[{"txid": "../../x", "vout": 0}]'}),
        ("esplora", {"utxo": b"[]"}),
        ("esplora", {"raw": b"not a transaction"}),
        ("esplora", {"raw": serialize(COINS[0])[:-1]}),
        ("core", {"scantxoutset": b"null"}),
        ("core", {"scantxoutset": b'{"unspents": [5]}'}),
        ("core", {"getrawtransaction": b'"zz"'}),
    ],
)
def test_answers_that_make_no_sense_end_it(desk: Desk, kind: str, told: dict[str, bytes]) -> None:
    with answering(desk, **told) as server:
        where = {kind: f"http://{server}"}
        export = desk.folder / "export.json"
        ended = desk.run("begin", export=export, to=TO, fee_rate=5, work=desk.work, **where)
    assert ended.returncode == 1, ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_server_that_is_not_there_ends_it(desk: Desk) -> None:
    export = desk.folder / "export.json"
    ended = desk.run("begin", export=export, to=TO, fee_rate=5, work=desk.work, esplora="http://127.0.0.1:9")
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
