"""Codes are those of RFC 6238, good for their step and one on either side; recovery codes are told apart."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from access.second_factor.codes import (
    code_at,
    enrolment_uri,
    is_recovery_code,
    matching_steps,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    step_at,
)

# RFC 6238, appendix B, SHA-1; the last six of its eight digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert code_at(RFC_SECRET, step_at(moment)) == code
    assert step_at(moment) in matching_steps(RFC_SECRET, code, moment)


@pytest.mark.parametrize(("away", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_one_step_around_its_own(away: int, is_good: bool) -> None:
    step = step_at(NOON)
    code = code_at(RFC_SECRET, step)
    assert bool(matching_steps(RFC_SECRET, code, NOON + timedelta(seconds=30 * away))) is is_good


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "12345a", " 12345", "12 345", "１２３４５６", "-12345", "123456\n"]
)
def test_what_is_not_six_digits_matches_nothing(text: str) -> None:
    assert matching_steps(RFC_SECRET, text, NOON) == []


def test_a_code_of_another_secret_matches_nothing() -> None:
    step = step_at(NOON)
    assert code_at(RFC_SECRET, step) != code_at(new_secret(), step)


def test_the_address_for_an_authenticator_says_whose_it_is() -> None:
    uri = urlsplit(enrolment_uri(RFC_SECRET, "alice"))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Ballast:alice")
    assert parse_qs(uri.query) == {"secret": [RFC_SECRET], "issuer": ["Ballast"]}


def test_recovery_codes_are_many_and_never_taken_for_codes() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    assert all(is_recovery_code(code) for code in codes)
    assert not is_recovery_code("123456")
    assert not is_recovery_code(codes[0].lower())
    assert recovery_hash(1, codes[0]) != recovery_hash(2, codes[0])
    assert len(recovery_hash(1, codes[0])) == 64


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}
