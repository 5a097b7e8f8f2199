"""Frames byte by byte, and what a message must be before anything is asked of it."""

import json

import pytest

from access.errors import DomainError, NotFound, RateLimited
from access.sockets.frames import (
    SHUTDOWN,
    answer,
    encode,
    framed,
    payload_of,
    read_request,
    refusal,
    split,
    take_name,
    unreadable,
)


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, "8100"),
        (1, "8101"),
        (125, "817d"),
        (126, "817e007e"),
        (256, "817e0100"),
        (65_535, "817effff"),
        (65_536, "817f0000000000010000"),
        (70_000, "817f0000000000011170"),
    ],
)
def test_the_head_of_a_frame_says_its_length_in_the_shortest_way(length: int, head: str) -> None:
    frame = framed(b"x" * length)
    assert frame.hex().startswith(head)
    assert len(frame) == length + len(head) // 2
    assert payload_of(frame) == b"x" * length


def test_a_known_message_is_these_bytes() -> None:
    assert encode({"a": 1}) == b'\x81\x07{"a":1}'
    assert SHUTDOWN == b'\x81\x13{"type":"shutdown"}'
    assert list(split(SHUTDOWN + encode({"a": 1}) + SHUTDOWN)) == [SHUTDOWN, encode({"a": 1}), SHUTDOWN]
    assert list(split(b"")) == []


@pytest.mark.parametrize("number", [None, 0, -1, 2**53, "", "order-7", "é"])
def test_an_answer_carries_the_id_of_its_request(number: object) -> None:
    assert json.loads(payload_of(answer(number, {"x": "1"}))) == {
        "id": number,
        "ok": True,
        "result": {"x": "1"},
    }


def test_a_refusal_has_its_details_beside_the_fixed_members_and_never_over_them() -> None:
    error = RateLimited(retry_after=3)
    error.details["code"] = "FORGED"
    assert json.loads(payload_of(refusal("a", error))) == {
        "id": "a",
        "ok": False,
        "error": {"code": "RATE_LIMITED", "message": "Too many requests.", "field": "", "retry_after": 3},
    }


@pytest.mark.parametrize(
    ("text", "number", "members"),
    [
        ('{"id":7,"op":"ping"}', 7, {"op": "ping"}),
        ('{"op":"ping"}', None, {"op": "ping"}),
        ('{"id":null,"op":"ping"}', None, {"op": "ping"}),
        (' {"id" : "a" } ', "a", {}),
        ("{}", None, {}),
        ('{"id":-9007199254740992}', -(2**53), {}),
        ('{"id":9007199254740992}', 2**53, {}),
        (f'{{"id":"{"é" * 64}"}}', "é" * 64, {}),
    ],
)
def test_a_request_is_an_id_and_the_rest(text: str, number: object, members: dict[str, object]) -> None:
    assert read_request(text) == (number, members)


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        *(
            (text, "INVALID_JSON", "")
            for text in ("", " ", "ping", "[]", "7", "null", '"op"', "{} {}", "{'a':1}")
        ),
        *(
            (text, "INVALID_JSON", "")
            for text in ('{"op":1,"op":2}', '{"a":NaN}', '{"a":Infinity}', "\ufeff{}")
        ),
        ('{"id":"\\ud800"}', "INVALID_JSON", ""),
        ('{"id":' + "9" * 41 + "}", "INVALID_JSON", ""),
        ("[" * 100_000, "INVALID_JSON", ""),
        ('{"id":9007199254740993}', "OUT_OF_RANGE", "id"),
        ('{"id":-9007199254740993}', "OUT_OF_RANGE", "id"),
        (f'{{"id":"{"a" * 65}"}}', "OUT_OF_RANGE", "id"),
        *((f'{{"id":{value}}}', "INVALID_TYPE", "id") for value in ("1.5", "1e2", "true", "[]", "{}")),
    ],
)
def test_what_is_no_request_is_refused_with_what_is_wrong(text: str, code: str, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_request(text)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_name_is_taken_out_so_that_the_rest_can_be_checked_strictly() -> None:
    members = {"op": "ping", "x": 1}
    assert take_name(members, "op", {"ping": None}) == "ping"
    assert members == {"x": 1}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "MISSING_FIELD"),
        ({"channel": "book"}, "MISSING_FIELD"),
        ({"op": None}, "INVALID_TYPE"),
        ({"op": 7}, "INVALID_TYPE"),
        ({"op": ["ping"]}, "INVALID_TYPE"),
        ({"op": ""}, "INVALID_CHOICE"),
        ({"op": "PING"}, "INVALID_CHOICE"),
        ({"op": "ping "}, "INVALID_CHOICE"),
    ],
)
def test_a_name_that_is_not_known_is_refused(members: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        take_name(members, "op", {"ping": None, "auth": None})
    assert (refused.value.code, refused.value.field) == (code, "op")
    if code == "INVALID_CHOICE":
        assert "one of auth, ping" in refused.value.message


def test_only_our_own_refusals_are_told_as_they_are() -> None:
    told = NotFound()
    assert unreadable(told) is told
    assert unreadable(RecursionError("of the parser")).code == "INVALID_JSON"
