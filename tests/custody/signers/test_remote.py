"""What the house believes of a co-signer's answer: only sealed ones, and only signatures of the very plan."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from custody.bitcoin.plans import digest
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.signatures import sign_digest
from custody.bitcoin.types import Network, Role, SpendPlan
from custody.signers.registry import signer_of
from custody.signers.remote import RemoteSigner
from custody.signers.seal import SEAL_HEADER, answer_seal
from custody.signers.signer import Refusal, SignerRefused, SignerUnavailable
from tests.custody.support.serving import serving
from tests.custody.support.wallets import BTC, account, bumped, coin, hot_wallet, pay, plan_of, seed_of

SECRET = "a secret of tests, which everybody may know"
COINS = (coin(hot_wallet(), BTC, number=1), coin(hot_wallet(), BTC, number=2))
PLAN = plan_of(hot_wallet(), pay(BTC), coins=COINS)
PSBT = psbt_of(PLAN)


@contextmanager
def answering(status: int, content: Any, secret: str = SECRET, of: str = "") -> Iterator[RemoteSigner]:
    """A co-signer that gives this answer to everything, sealed with this secret, as one to the seal `of`."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.send_header("location", "/elsewhere")
            if secret:
                seal = of or self.headers[SEAL_HEADER]
                self.send_header(SEAL_HEADER, answer_seal(secret, seal, status, body))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as port:
        yield RemoteSigner(Role.HOT, f"http://127.0.0.1:{port}", SECRET)


def signed(plan: SpendPlan, name: str = "hot") -> list[str]:
    secret = account(name, Role.HOT)
    return [
        sign_digest(secret.secret_at(one.place), digest(plan, index)).hex()
        for index, one in enumerate(plan.inputs)
    ]


def unknown(status: int, content: Any, **how: str) -> str:
    with answering(status, content, **how) as signer, pytest.raises(SignerUnavailable) as unavailable:
        signer.sign(PLAN, PSBT)
    return str(unavailable.value)


def test_it_believes_its_signatures() -> None:
    with answering(200, {"signatures": signed(PLAN)}) as signer:
        assert [one.hex() for one in signer.sign(PLAN, PSBT)] == signed(PLAN)


GOOD = signed(PLAN)


@pytest.mark.parametrize(
    "signatures",
    [
        signed(bumped(PLAN, 9_000)),
        signed(PLAN, "mallory"),
        GOOD[::-1],
        [GOOD[0], GOOD[0]],
        GOOD[:1],
        [*GOOD, GOOD[0]],
        [],
        ["", ""],
        ["zz", "zz"],
        [GOOD[0], GOOD[1][:-2] + "02"],
        [GOOD[0], GOOD[1][:-2] + "81"],
    ],
)
def test_it_does_not_believe_other_signatures(signatures: list[str]) -> None:
    assert "no signatures of this plan" in unknown(200, {"signatures": signatures})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        [],
        {},
        {"signatures": "x"},
        {"signatures": [1]},
        {"signatures": GOOD, "more": 1},
        {"error": {"code": "REFUSED", "message": "", "reason": "FEE"}},
    ],
)
def test_it_does_not_believe_what_is_no_answer(content: Any) -> None:
    unknown(200, content)


@pytest.mark.parametrize("how", [{"secret": ""}, {"secret": "x" * 40}, {"of": "0" * 64}])
def test_without_its_seal_an_answer_says_nothing(how: dict[str, str]) -> None:
    refusal = {"error": {"code": "REFUSED", "message": "no", "reason": "FEE"}}
    assert "without the seal" in unknown(200, {"signatures": GOOD}, **how)
    assert "without the seal" in unknown(422, refusal, **how)


def test_a_sealed_refusal_is_a_refusal() -> None:
    refusal = {"error": {"code": "REFUSED", "message": "too dear", "reason": "FEE"}}
    with answering(422, refusal) as signer, pytest.raises(SignerRefused) as refused:
        signer.sign(PLAN, PSBT)
    assert (refused.value.reason, refused.value.detail) == (Refusal.FEE, "too dear")


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (503, "STOPPED", ""),
        (500, "INTERNAL", ""),
        (422, "REFUSED", "A REASON OF TOMORROW"),
        (404, "NOT_FOUND", ""),
        (429, "LOCKED", ""),
        (302, "REFUSED", ""),
    ],
)
def test_any_other_fault_says_nothing_of_what_was_signed(status: int, code: str, reason: str) -> None:
    assert unknown(status, {"error": {"code": code, "message": "", "reason": reason}}).startswith(code)


def test_it_reads_no_more_of_an_answer_than_there_can_be() -> None:
    assert "too long" in unknown(200, b" " * (3 * 1024 * 1024))


@pytest.mark.parametrize(
    "change",
    [
        {"role": "protocol"},
        {"role": "king"},
        {"network": "moon"},
        {"key": "tpub"},
        {"key": account("hot", Role.HOT).key.xpub},
    ],
)
def test_it_does_not_believe_other_facts(change: dict[str, str]) -> None:
    about = {"role": "hot", "party": "tests", "key": None, "network": "regtest", **change}
    with answering(200, about) as signer, pytest.raises(SignerUnavailable):
        signer.describe()


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(SignerUnavailable, match="no answer"):
        RemoteSigner(Role.HOT, "http://127.0.0.1:1", SECRET).sign(PLAN, PSBT)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://10.0.0.1:8045",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "http://",
    ],
)
def test_beyond_this_machine_it_speaks_tls_only(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        RemoteSigner(Role.HOT, url, SECRET)


def test_its_secret_is_long() -> None:
    with pytest.raises(ValueError, match="32"):
        RemoteSigner(Role.HOT, "https://example.com", "x" * 31)


def test_a_url_says_which_signer_it_is(tmp_path: Path) -> None:
    seed = tmp_path / "seed"
    seed.write_text(seed_of("hot").hex())
    local = signer_of(Role.HOT, f"memory:{seed}", "", Network.REGTEST)
    assert local.describe().key == hot_wallet().keys[0]
    assert isinstance(signer_of(Role.HOT, "https://example.com", SECRET, Network.REGTEST), RemoteSigner)
    for url in ("", "hot", "tcp://127.0.0.1", "pkcs11:", "pkcs11:/lib.so"):
        with pytest.raises(ValueError):
            signer_of(Role.HOT, url, SECRET, Network.REGTEST)
