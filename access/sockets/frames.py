"""What goes over a socket: JSON in text frames. Each is encoded once, whoever and how many get it.

A frame here is its bytes on the wire, header and all: a server's frames are not masked, so everybody's
are the same. What comes in is read as strictly as a body of the API.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from access.errors import DomainError, InvalidChoice, InvalidJson, InvalidType, MissingField, OutOfRange
from access.parsing import parse_json

Frame = bytes

_TEXT = 0x81
_ID_LENGTH = 64
_MAX_ID = 2**53


def encode(content: object) -> Frame:
    return framed(msgspec.json.encode(content))


def framed(payload: bytes) -> Frame:
    length = len(payload)
    if length < 126:
        return bytes((_TEXT, length)) + payload
    if length < 65536:
        return bytes((_TEXT, 126)) + length.to_bytes(2, "big") + payload
    return bytes((_TEXT, 127)) + length.to_bytes(8, "big") + payload


def payload_of(frame: Frame) -> bytes:
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def answer(number: object, result: object) -> Frame:
    return encode({"id": number, "ok": True, "result": result})


def refusal(number: object, error: DomainError) -> Frame:
    """Details stand beside the fixed members, never in place of one."""
    members = {**error.details, "code": error.code, "message": error.message, "field": error.field}
    return encode({"id": number, "ok": False, "error": members})


def read_request(text: str) -> tuple[object, dict[str, Any]]:
    """The id (None where there is none) and the other members. Raises DomainError."""
    members = parse_json(text.encode())
    number = members.pop("id", None)
    if type(number) is int and not -_MAX_ID <= number <= _MAX_ID:
        raise OutOfRange(field="id")
    if type(number) is str and len(number) > _ID_LENGTH:
        raise OutOfRange(f"An id has at most {_ID_LENGTH} characters.", field="id")
    if number is not None and type(number) not in (int, str):
        raise InvalidType("An id is a string or an integer.", field="id")
    return number, members


def take_name(members: dict[str, Any], field: str, known: dict[str, Any]) -> str:
    """Takes the member that says what the rest is about."""
    if field not in members:
        raise MissingField(field=field)
    name = members.pop(field)
    if type(name) is not str:
        raise InvalidType("The value must be a string.", field=field)
    if name not in known:
        raise InvalidChoice(f"The value must be one of {', '.join(sorted(known))}.", field=field)
    return name


def unreadable(error: Exception) -> DomainError:
    return error if isinstance(error, DomainError) else InvalidJson()


SHUTDOWN: Frame = encode({"type": "shutdown"})


def split(data: bytes) -> Iterator[Frame]:
    """The frames that stand in a row."""
    start = 0
    while start < len(data):
        mark = data[start + 1]
        head = {126: 4, 127: 10}.get(mark, 2)
        length = mark if head == 2 else int.from_bytes(data[start + 2 : start + head], "big")
        yield data[start : start + head + length]
        start += head + length
