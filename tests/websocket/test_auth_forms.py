"""The members of an auth request: a ticket alone, or a key with all of its signature."""

from typing import Any

import pytest

from access.errors import DomainError
from access.sockets.protocol import AuthForm, NothingForm

SIGNED: dict[str, Any] = {
    "key": "bk_1",
    "timestamp": 1_700_000_000_000,
    "nonce": "n-1",
    "signature": "c2ln+/==",
}


def refusal_of(members: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(DomainError) as refused:
        AuthForm.parse(members)
    return refused.value.code, refused.value.field


def test_a_ticket_needs_nothing_else() -> None:
    values = AuthForm.parse({"ticket": "Ab_-9"})
    assert values["ticket"] == "Ab_-9"
    assert {value for name, value in values.items() if name != "ticket"} == {None}


@pytest.mark.parametrize("window", [None, 1, 5_000, 60_000])
def test_a_signature_is_whole_with_or_without_a_window(window: int | None) -> None:
    members = SIGNED if window is None else SIGNED | {"recv_window": window}
    assert AuthForm.parse(members) == SIGNED | {"ticket": None, "recv_window": window}


@pytest.mark.parametrize("name", [*SIGNED, "recv_window"])
def test_a_ticket_beside_anything_of_a_signature_is_refused(name: str) -> None:
    one = {name: (SIGNED | {"recv_window": 5_000})[name]}
    assert refusal_of({"ticket": "t"} | one) == ("UNKNOWN_FIELD", name)


@pytest.mark.parametrize("name", list(SIGNED))
def test_a_signature_that_lacks_a_part_names_it(name: str) -> None:
    rest = {one: value for one, value in SIGNED.items() if one != name}
    assert refusal_of(rest) == ("MISSING_FIELD", name)


def test_with_nothing_at_all_the_key_is_missed_first() -> None:
    assert refusal_of({}) == ("MISSING_FIELD", "key")
    assert refusal_of({"recv_window": 5_000}) == ("MISSING_FIELD", "key")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        *(("ticket", text, "INVALID_TICKET") for text in ("", "a b", "a" * 65, "ticket\n", "é", "a.b")),
        ("ticket", 7, "INVALID_TYPE"),
        *(("key", text, "INVALID_TEXT") for text in ("", " ", "a b", "a\n", "é", "x" * 257, "\x7f")),
        ("nonce", None, "INVALID_TYPE"),
        ("signature", ["s"], "INVALID_TYPE"),
        ("timestamp", "1700000000000", "INVALID_TYPE"),
        ("timestamp", -1, "OUT_OF_RANGE"),
        *(("recv_window", wrong, "RECV_WINDOW") for wrong in (0, -1, 60_001, "5000", True, 1.5)),
        ("password", "x", "UNKNOWN_FIELD"),
    ],
)
def test_a_member_that_cannot_be_is_refused_by_its_name(name: str, value: object, code: str) -> None:
    others = {} if name == "ticket" else SIGNED
    assert refusal_of(others | {name: value}) == (code, name)


def test_a_ping_has_no_further_members() -> None:
    assert NothingForm.parse({}) == {}
    with pytest.raises(DomainError) as refused:
        NothingForm.parse({"time_ms": 1})
    assert (refused.value.code, refused.value.field) == ("UNKNOWN_FIELD", "time_ms")
