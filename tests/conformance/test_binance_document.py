"""docs/binance.md names everything that is served and every number that occurs."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from exchange.compat.binance.operations import Operation
from exchange.compat.binance.spot.socket_methods import SESSION_METHODS
from exchange.compat.binance.spot.streams.names import Kind, StreamName, read_name
from exchange.compat.binance.spot.table import SPOT

DOCUMENT = (settings.BASE_DIR / "docs" / "binance.md").read_text()
SOURCES = sorted((Path(settings.BASE_DIR) / "exchange" / "compat" / "binance").rglob("*.py"))
ROW = re.compile(r"^\| (?:`([A-Z]+ /\S+)`)? \| (?:`([\w.0-9]+)`)? \| (\w+) \| (.+) \|$", re.MULTILINE)
NUMBER = re.compile(r"Refusal\(\s*(-\d{4})")
EVENT = re.compile(r'"e": "(\w+)"')


def weight_of(operation: Operation) -> str:
    return str(operation.weight) if isinstance(operation.weight, int) else "by its parameters"


def test_every_operation_has_its_row() -> None:
    operations = {*SPOT.by_line.values(), *SPOT.by_method.values()}
    assert set(ROW.findall(DOCUMENT)) == {
        (" ".join(one.http or ()), one.socket or "", one.security.value, weight_of(one)) for one in operations
    }


def test_every_number_is_told() -> None:
    used = {number for path in SOURCES for number in NUMBER.findall(path.read_text())}
    assert len(used) > 20
    assert sorted(number for number in used if number not in DOCUMENT) == []


def test_every_method_of_a_session_is_told() -> None:
    told = DOCUMENT.partition("The websocket API has besides: ")[2].partition(".\n")[0]
    assert {*re.findall(r"`([\w.]+)`", told), "ping"} == set(SESSION_METHODS)


def told_streams() -> list[str]:
    """`@depth5|10[@100ms]` stands for four names."""
    told = DOCUMENT.partition("Streams (")[2].partition("): ")[2].partition("; a listen key")[0]
    forms = re.findall(r"`([^`]+)`", told)
    return [name for form in forms for name in spelled_out(form.replace("<symbol>", ""))]


def spelled_out(form: str) -> list[str]:
    parts = re.split(r"(\[[^]]*\]|(?:\d\w*\|)+\d+[a-z]?|<interval>)", form)
    choices = []
    for part in parts:
        if part.startswith("["):
            choices.append(["", part[1:-1]])
        else:
            choices.append(["1m"] if part == "<interval>" else part.split("|"))
    return ["".join(chosen) for chosen in product(*choices)]


def read(name: str) -> StreamName | None:
    return read_name(name if name.startswith("!") else f"btcusdb{name}")


@pytest.mark.parametrize("name", told_streams())
def test_a_stream_that_is_told_is_served(name: str) -> None:
    assert read(name) is not None


def test_every_kind_of_stream_is_told() -> None:
    told = [name for text in told_streams() if (name := read(text)) is not None]
    assert {name.kind for name in told} == set(Kind)
    books = {(name.levels, name.is_fast) for name in told if name.kind in (Kind.DIFFS, Kind.PARTIAL)}
    assert books == set(product((0, 5, 10, 20), (False, True)))


def test_every_event_of_an_account_is_told() -> None:
    used = {event for path in SOURCES for event in EVENT.findall(path.read_text())}
    assert len(used) > 5
    assert sorted(event for event in used if f"`{event}`" not in DOCUMENT) == []
