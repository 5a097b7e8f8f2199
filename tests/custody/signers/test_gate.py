"""Who is let in to the co-signer: sealed, fresh, once, and not after too many wrong messages."""

from dataclasses import replace
from pathlib import Path

import pytest

from custody.cosigner.database import Database
from custody.cosigner.gate import LOCK_SECONDS, MAX_WRONG, Denial, Denied, Gate
from custody.signers.seal import SEAL_HEADER, Envelope, sealed

SECRET = "a secret of tests, which everybody may know"
HOUSE, STRANGER = "10.0.0.1", "10.0.0.2"
TARGET, BODY = "/v1/hot/sign", b'{"plan": {}}'
NOW = 1_800_000_000


class Clock:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(tmp_path: Path, clock: Clock) -> Gate:
    return Gate(SECRET, Database(tmp_path / "gate.sqlite"), clock)


def message(age: int = 0, secret: str = SECRET) -> Envelope:
    return sealed(secret, "POST", TARGET, BODY, NOW - age)


def admit(gate: Gate, headers: dict[str, str], address: str = HOUSE) -> None:
    gate.admit(address, "POST", TARGET, headers, BODY)


def denied(gate: Gate, headers: dict[str, str], address: str = HOUSE) -> Denial:
    with pytest.raises(Denied) as denial:
        admit(gate, headers, address)
    return denial.value.denial


@pytest.mark.parametrize("age", [0, 30, -30])
def test_it_lets_in_what_is_fresh(gate: Gate, age: int) -> None:
    admit(gate, message(age).headers())


@pytest.mark.parametrize("age", [31, -31, 86_400, NOW])
def test_it_refuses_what_is_old_or_of_the_future(gate: Gate, age: int) -> None:
    assert denied(gate, message(age).headers()) is Denial.STALE


def test_it_lets_in_a_message_once(gate: Gate) -> None:
    headers = message().headers()
    admit(gate, headers)
    assert denied(gate, headers) is Denial.REPLAYED
    admit(gate, message().headers())


def test_a_clock_that_goes_back_lets_no_message_in_twice(gate: Gate, clock: Clock) -> None:
    headers = message().headers()
    admit(gate, headers)
    clock.now += 300
    admit(gate, message(-300).headers())
    clock.now -= 300
    assert denied(gate, headers) is Denial.REPLAYED


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", TARGET, BODY + b" "),
        ("POST", TARGET, b""),
        ("POST", "/v1/hot/fixed-key", BODY),
        ("POST", f"{TARGET}?x", BODY),
        ("GET", TARGET, BODY),
    ],
)
def test_it_refuses_a_message_that_was_changed(gate: Gate, method: str, target: str, body: bytes) -> None:
    with pytest.raises(Denied, match="UNSEALED"):
        gate.admit(HOUSE, method, target, message().headers(), body)


@pytest.mark.parametrize(
    "changed",
    [
        replace(message(), seconds=NOW + 1),
        replace(message(), nonce="0" * 32),
        replace(message(), nonce="0" * 31),
        replace(message(), nonce="G" * 32),
        replace(message(), nonce=""),
        replace(message(), seal=""),
        replace(message(), seal="0" * 64),
        replace(message(), seal="é" * 64),
        message(secret=SECRET + "x"),
    ],
)
def test_it_refuses_another_envelope(gate: Gate, changed: Envelope) -> None:
    assert denied(gate, changed.headers()) is Denial.UNSEALED


@pytest.mark.parametrize("header", ["x-ballast-time", "x-ballast-nonce", SEAL_HEADER])
def test_it_refuses_an_envelope_that_lacks_something(gate: Gate, header: str) -> None:
    headers = message().headers()
    del headers[header]
    assert denied(gate, headers) is Denial.UNSEALED


@pytest.mark.parametrize("moment", ["", "x", "-1", "1e9", "9" * 30, "١"])
def test_it_refuses_a_time_that_is_none(gate: Gate, moment: str) -> None:
    assert denied(gate, {**message().headers(), "x-ballast-time": moment}) is Denial.UNSEALED


def test_it_locks_an_address_that_was_wrong_too_often_for_a_while_but_no_right_message(
    gate: Gate, clock: Clock
) -> None:
    for _ in range(MAX_WRONG):
        assert not gate.is_locked(STRANGER)
        denied(gate, {}, STRANGER)
    assert gate.is_locked(STRANGER)
    assert not gate.is_locked(HOUSE)
    admit(gate, message().headers(), STRANGER)
    clock.now += LOCK_SECONDS
    assert not gate.is_locked(STRANGER)


def test_it_does_not_show_its_secret(gate: Gate) -> None:
    assert SECRET not in repr(gate)
