"""How answers are matched to calls, and what an answer must have."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from custody.bitcoin.types import Network
from custody.chains.core_rpc import CoreRpc
from custody.chains.json_rpc import JsonRpc, Login, RpcRefused
from custody.chains.source import ChainUnavailable, ChainUnfit
from tests.custody.support.serving import serving


class Scripted(BaseHTTPRequestHandler):
    """Answers with what the test put here; `asked` is the latest request."""

    protocol_version = "HTTP/1.1"
    said: object = None
    status = 200
    asked: Any = None

    def do_POST(self) -> None:
        Scripted.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = self.said if isinstance(self.said, bytes) else json.dumps(self.said).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(Scripted) as port:
        yield port


@pytest.fixture
def rpc(port: int) -> Iterator[JsonRpc]:
    Scripted.said, Scripted.status = None, 200
    rpc = JsonRpc(f"http://127.0.0.1:{port}", "/", Login("a", "b"), timeout_s=5.0)
    yield rpc
    rpc.close()


def test_a_call_says_what_bitcoin_core_wants_to_hear(rpc: JsonRpc) -> None:
    Scripted.said = {"result": 7, "error": None, "id": 0}
    assert rpc.call("getblockhash", 3) == 7
    assert Scripted.asked == {"jsonrpc": "1.0", "id": 0, "method": "getblockhash", "params": [3]}


def test_the_answers_of_a_batch_may_come_in_any_order(rpc: JsonRpc) -> None:
    Scripted.said = [
        {"result": "two", "error": None, "id": 1},
        {"result": None, "error": {"code": -5, "message": "No such"}, "id": 2},
        {"result": "one", "error": None, "id": 0},
    ]
    one, two, refused = rpc.batch([("a", ()), ("b", ()), ("c", ())])
    assert (one, two) == ("one", "two")
    assert isinstance(refused, RpcRefused)
    assert refused.code == -5


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        [{"result": 1, "error": None, "id": 0}],
        [{"result": 1, "error": None, "id": 0}, {"result": 2, "error": None, "id": 0}],
        [{"result": 1, "error": None, "id": 0}, {"result": 2, "error": None, "id": True}],
        [{"result": 1, "error": None, "id": 0}, {"result": 2, "error": None, "id": [1]}],
        [{"result": 1, "error": None, "id": 0}, None],
        [{"result": 1, "error": None, "id": 0}, {"error": None, "id": 1}],
        [{"result": 1, "error": None, "id": 0}] * 3,
    ],
)
def test_a_batch_without_an_answer_to_each_call_is_malformed(rpc: JsonRpc, said: object) -> None:
    Scripted.said = said
    with pytest.raises(ChainUnfit):
        rpc.batch([("a", ()), ("b", ())])


@pytest.mark.parametrize(
    "said",
    [
        7,
        "text",
        None,
        {"result": 1, "error": None, "id": 9},
        {"result": 1, "error": "no", "id": 0},
        {"result": 1, "error": {"code": "-5", "message": "no"}, "id": 0},
        {"result": 1, "error": {"code": True, "message": "no"}, "id": 0},
        {"result": 1, "error": {"code": -5}, "id": 0},
        {"result": 1, "error": [], "id": 0},
        {"error": {"code": -32601, "message": "Method not found"}, "id": 0},
    ],
)
def test_an_answer_of_another_shape_is_malformed(rpc: JsonRpc, said: object) -> None:
    Scripted.said = said
    with pytest.raises(ChainUnfit):
        rpc.call("a")


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_refusal_has_its_code_whatever_the_status(rpc: JsonRpc, status: int) -> None:
    Scripted.status = status
    Scripted.said = {"result": None, "error": {"code": -8, "message": "x" * 10_000}, "id": 0}
    with pytest.raises(RpcRefused) as refused:
        rpc.call("a")
    assert refused.value.code == -8
    assert len(refused.value.message) <= 200


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_a_status_without_a_word_is_no_answer(rpc: JsonRpc, status: int) -> None:
    Scripted.status, Scripted.said = status, b"<html>Work queue depth exceeded</html>"
    with pytest.raises(ChainUnavailable):
        rpc.call("a")


@pytest.mark.parametrize(("code", "is_there"), [(-28, None), (-1, None), (-20, None), (-5, False)])
def test_a_node_that_is_warming_up_is_unavailable(port: int, code: int, is_there: bool | None) -> None:
    Scripted.status = 500
    Scripted.said = {"result": None, "error": {"code": code, "message": "Loading block index"}, "id": 0}
    source = CoreRpc(f"http://127.0.0.1:{port}", Network.REGTEST, Login("a", "b"))
    if is_there is None:
        with pytest.raises(ChainUnavailable):
            source.transaction("11" * 32)
    else:
        assert source.transaction("11" * 32) is None
    with pytest.raises(ChainUnavailable):
        source.block("11" * 32)
    source.close()


@pytest.mark.parametrize(
    ("facts", "is_fit"),
    [
        ({"headers": 16}, True),
        ({"headers": 17}, False),
        ({"headers": 9}, True),
        ({"blocks": -1}, False),
        ({"blocks": True}, False),
        ({"blocks": 10**30}, False),
        ({"bestblockhash": "11"}, False),
        ({"headers": None}, False),
    ],
)
def test_a_nodes_height_must_be_plausible(port: int, facts: dict[str, Any], is_fit: bool) -> None:
    genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
    info = {"blocks": 10, "headers": 10, "bestblockhash": genesis} | facts
    Scripted.status = 200
    Scripted.said = [
        {"result": value, "error": None, "id": number}
        for number, value in enumerate((genesis, info, {"connections": 1}))
    ]
    source = CoreRpc(f"http://127.0.0.1:{port}", Network.REGTEST, Login("a", "b"))
    with pytest.raises(ChainUnfit) as found:
        source.check()  # as far as the header of its tip, which is answered with the same
    assert ("no answer to the call" in str(found.value)) is is_fit
    source.close()
