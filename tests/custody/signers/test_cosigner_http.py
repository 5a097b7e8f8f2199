"""The co-signer over HTTP: who may ask it, how much, and what it says of what it was asked."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from custody.bitcoin.encoding import plan_to_json
from custody.bitcoin.plans import unsigned_tx
from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.transactions import txid
from custody.bitcoin.types import Role
from custody.signers.remote import RemoteSigner
from custody.signers.seal import SEAL_HEADER, is_answer_sealed, sealed
from custody.signers.signer import SignerRefused, SignerUnavailable
from tests.custody.support.cosigners import SECRET, Cosigner
from tests.custody.support.wallets import BTC, address, coin, hot_wallet, pay, plan_of

PLAN = plan_of(hot_wallet(), pay(BTC // 2), coins=(coin(hot_wallet(), BTC),))
BODY = json.dumps({"plan": plan_to_json(PLAN), "psbt": psbt_of(PLAN)}).encode()
SIGN = "/v1/hot/sign"


@pytest.fixture(scope="module")
def cosigner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cosigner]:
    cosigner = Cosigner(tmp_path_factory.mktemp("cosigner"), "hot", "hot").start()
    yield cosigner
    cosigner.kill()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Cosigner]:
    """One for tests that leave it otherwise than they found it."""
    cosigner = Cosigner(tmp_path, "hot", "hot").start()
    yield cosigner
    cosigner.kill()


def now() -> int:
    return int(time.time())


def ask(
    cosigner: Cosigner,
    method: str = "POST",
    target: str = SIGN,
    body: bytes = BODY,
    *,
    secret: str = SECRET,
    **headers: str,
) -> httpx.Response:
    envelope = sealed(secret, method, target, body, now())
    told = {**envelope.headers(), **headers}
    return httpx.request(method, cosigner.url + target, content=body, headers=told, trust_env=False)


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_it_answers_a_sealed_request_with_a_sealed_answer(cosigner: Cosigner) -> None:
    envelope = sealed(SECRET, "POST", SIGN, BODY, now())
    response = httpx.post(cosigner.url + SIGN, content=BODY, headers=envelope.headers(), trust_env=False)
    assert response.status_code == 200
    assert is_answer_sealed(SECRET, envelope.seal, 200, response.content, response.headers[SEAL_HEADER])


def test_it_tells_nobody_anything_who_does_not_know_the_secret(cosigner: Cosigner) -> None:
    for target in ("/v1/hot/about", "/v1/journal", "/v1/cold/about", "/nothing"):
        response = httpx.get(cosigner.url + target, trust_env=False)
        assert code(response) == (401, "UNSEALED")
        assert SEAL_HEADER not in response.headers


def test_it_says_that_it_runs_to_everybody(cosigner: Cosigner) -> None:
    response = httpx.get(f"{cosigner.url}/healthz", trust_env=False)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_it_refuses_another_secret(cosigner: Cosigner) -> None:
    assert code(ask(cosigner, secret=SECRET + "x")) == (401, "UNSEALED")
    with pytest.raises(SignerUnavailable):
        RemoteSigner(Role.HOT, cosigner.url, SECRET + "x").describe()


def test_it_takes_a_message_once_even_when_it_was_started_again(fresh: Cosigner) -> None:
    headers = sealed(SECRET, "POST", SIGN, BODY, now()).headers()
    assert httpx.post(fresh.url + SIGN, content=BODY, headers=headers, trust_env=False).status_code == 200
    fresh.kill()
    fresh.start()
    again = httpx.post(fresh.url + SIGN, content=BODY, headers=headers, trust_env=False)
    assert code(again) == (401, "REPLAYED")


def test_it_explains_nothing_to_who_was_wrong_too_often_and_hears_the_house_all_the_same(
    fresh: Cosigner,
) -> None:
    for _ in range(20):
        assert code(ask(fresh, secret="x" * 40))[0] == 401
    assert code(ask(fresh, secret="x" * 40)) == (429, "LOCKED")
    assert ask(fresh).status_code == 200
    assert fresh.signer(Role.HOT).describe().role is Role.HOT


def test_it_reads_no_more_than_two_megabytes(cosigner: Cosigner) -> None:
    assert code(ask(cosigner, body=b" " * (2 * 1024 * 1024 + 1))) == (413, "TOO_LARGE")


def test_it_reads_no_more_of_a_body_in_pieces(cosigner: Cosigner) -> None:
    pieces = (b" " * 65_536 for _ in range(40))
    response = httpx.post(cosigner.url + SIGN, content=pieces, trust_env=False)
    assert code(response) == (413, "TOO_LARGE")


def test_it_hangs_up_on_who_sends_no_whole_request(cosigner: Cosigner) -> None:
    with ExitStack() as stack:
        connections = []
        for head in (b"", b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: "):
            opened = socket.create_connection(("127.0.0.1", cosigner.port), timeout=30)
            connections.append(stack.enter_context(opened))
            opened.sendall(head)
        assert [one.recv(1) for one in connections] == [b"", b""]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"plan": {}}',
        b'{"plan": {}, "psbt": 1}',
        b'{"plan": {}, "psbt": "", "more": 1}',
        b'{"plan": [], "psbt": ""}',
        b"[" * 100_000,
        b'{"plan": {"a": 1e999}, "psbt": NaN}',
    ],
)
def test_it_refuses_what_is_no_message(cosigner: Cosigner, body: bytes) -> None:
    assert code(ask(cosigner, body=body)) == (400, "MALFORMED")


@pytest.mark.parametrize("field", ["fee_sats", "version", "inputs", "wallet", "purpose", "change"])
@pytest.mark.parametrize("value", [None, 1.5, "1", -1, [[]], {}, 2**80])
def test_it_refuses_what_is_no_plan(cosigner: Cosigner, field: str, value: Any) -> None:
    if (field, value) == ("change", None):
        value = 1
    plan = {**plan_to_json(PLAN), field: value}
    response = ask(cosigner, body=json.dumps({"plan": plan, "psbt": psbt_of(PLAN)}).encode())
    assert code(response) == (422, "REFUSED")
    assert response.json()["error"]["reason"] == "FORMAT"


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", SIGN),
        ("POST", "/v1/hot/about"),
        ("GET", "/v1/protocol/about"),
        ("GET", "/v1/cold/about"),
        ("GET", "/v1/hot/about/x"),
        ("GET", "/v1/hot"),
        ("DELETE", "/v1/journal"),
        ("GET", "/"),
    ],
)
def test_it_does_nothing_else(cosigner: Cosigner, method: str, target: str) -> None:
    assert code(ask(cosigner, method, target)) == (404, "NOT_FOUND")


def test_its_journal_says_what_it_signed_and_what_not(cosigner: Cosigner) -> None:
    signer = cosigner.signer(Role.HOT)
    signer.sign(PLAN, psbt_of(PLAN))
    other = plan_of(hot_wallet(), pay(BTC // 2, name="mallory"), coins=PLAN.inputs)
    with pytest.raises(SignerRefused):
        signer.sign(other, psbt_of(other))
    refused, signed = cosigner.journal("?limit=2")
    assert (refused["outcome"], refused["reason"]) == ("REFUSED", "REPLACEMENT")
    assert refused["content"]["payments"][0]["address"] == address("mallory")
    assert (signed["outcome"], signed["role"], signed["deed"]) == ("SIGNED", "hot", "sign")
    assert signed["content"]["txid"] == txid(unsigned_tx(PLAN))
    assert signed["content"]["fee_sats"] == PLAN.fee_sats
    assert signed["content"]["payments"] == [
        {"address": address(), "sats": BTC // 2, "reference": "withdrawal:1"}
    ]
    assert signed["content"]["inputs"][0]["sats"] == BTC
    assert PLAN.change is not None
    assert signed["content"]["change"]["sats"] == PLAN.change.value_sats


def test_its_journal_is_read_in_pages(cosigner: Cosigner) -> None:
    signer = cosigner.signer(Role.HOT)
    for _ in range(5):
        signer.sign(PLAN, psbt_of(PLAN))
    first = cosigner.journal("?limit=2")
    rest = cosigner.journal(f"?limit=3&before={first[-1]['id']}")
    newest = first[0]["id"]
    assert [row["id"] for row in (*first, *rest)] == [newest - number for number in range(5)]
    assert code(ask(cosigner, "GET", "/v1/journal?limit=x", b"")) == (400, "MALFORMED")


def test_it_signs_nothing_while_its_operator_stopped_it(fresh: Cosigner) -> None:
    signer = fresh.signer(Role.HOT)
    signatures = signer.sign(PLAN, psbt_of(PLAN))
    assert fresh.deed("stop", "a look at it").returncode == 0
    with pytest.raises(SignerUnavailable, match=r"STOPPED.*a look at it"):
        signer.sign(PLAN, psbt_of(PLAN))
    fresh.kill()
    fresh.start()
    with pytest.raises(SignerUnavailable, match="STOPPED"):
        signer.sign(PLAN, psbt_of(PLAN))
    assert fresh.deed("go").returncode == 0
    assert signer.sign(PLAN, psbt_of(PLAN)) == signatures
    assert [row["reason"] for row in fresh.journal()] == ["", "STOPPED", "STOPPED", ""]


def test_its_operator_says_that_a_spend_can_never_confirm(cosigner: Cosigner) -> None:
    signer = cosigner.signer(Role.HOT)
    lost = plan_of(hot_wallet(), pay(BTC // 2, "withdrawal:lost"), coins=PLAN.inputs, spend_id="lost")
    other = coin(hot_wallet(), BTC, number=7)
    again = plan_of(hot_wallet(), pay(BTC // 2, "withdrawal:lost"), coins=(other,), spend_id="again")
    signer.sign(lost, psbt_of(lost))
    with pytest.raises(SignerRefused, match="PAID_ELSEWHERE"):
        signer.sign(again, psbt_of(again))
    assert cosigner.deed("void", "never signed").returncode == 1
    assert cosigner.deed("void", "lost").returncode == 0
    assert signer.sign(again, psbt_of(again))
    with pytest.raises(SignerRefused, match="REPLACEMENT"):
        signer.sign(lost, psbt_of(lost))


def test_one_process_alone_signs_with_a_database(cosigner: Cosigner) -> None:
    second = Cosigner(cosigner.folder, "hot", "hot", port=cosigner.port + 1).deed()
    assert second.returncode == 1
    assert "Another process" in second.stderr


def test_it_prints_and_logs_no_secret(cosigner: Cosigner) -> None:
    ask(cosigner, body=b"{")
    ask(cosigner, secret="x" * 40)
    shown = cosigner.log() + cosigner.deed("keys", "--seed-file", str(cosigner.folder / "seed")).stdout
    assert (cosigner.folder / "seed").read_text() not in shown
    assert SECRET not in shown
    assert "prv" not in shown
