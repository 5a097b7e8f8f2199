"""A whole house whose people sign up, log in, trade, withdraw and sign, at LOG_LEVEL=DEBUG: no log of any of
its processes has any of the secrets, each line is JSON, and a number leads through the processes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.logs import deeds
from tests.logs.demo_house import DemoHouse, demo_house

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

NAME = "carol"
FIELDS = {"timestamp", "level", "process", "instance", "logger", "event"}


@pytest.fixture(scope="module")
def house() -> Iterator[DemoHouse]:
    with demo_house() as house:
        yield house


@pytest.fixture(scope="module")
def refused(house: DemoHouse) -> str:
    """The number of a request, after all that people did."""
    person = deeds.sign_up(house, NAME)
    factor = deeds.take_second_factor(person)
    password = deeds.set_another_password(house, NAME)
    person = deeds.log_in_again(house, NAME, password, factor)
    deeds.make_webhook(person)
    number, _ = [deeds.trade_by_signature_and_ticket(signer) for signer in deeds.make_keys(person)]
    deeds.withdraw(house)
    deeds.take_collateral(house)
    return number


def logs_of(house: DemoHouse) -> dict[str, str]:
    return {path.stem: path.read_text(errors="replace") for path in house.logs.iterdir() if path.is_file()}


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_no_log_has_a_secret(house: DemoHouse, refused: str) -> None:
    used = {"password", "code", "second factor", "recovery code", "signature", "ticket", "seed", "secret key"}
    used |= {"token of a reset", "token of a mail", "token of a form", "cookie sessionid", "private key"}
    used |= {"secret of a key", "secret of a webhook", "a demo user's secret", "private key of an owner"}
    assert used <= set(house.known.kept)
    assert {name: house.known.found_in(text) for name, text in logs_of(house).items()} == {
        name: [] for name in logs_of(house)
    }


def test_the_search_finds_a_secret_that_is_there(house: DemoHouse, refused: str, tmp_path: Path) -> None:
    for name, values in house.known.kept.items():
        planted = tmp_path / "planted.log"
        planted.write_text("\n".join(f'{{"event": "it was {value} all the time"}}' for value in values))
        assert name in house.known.found_in(planted.read_text())


def test_each_line_of_each_process_is_json_with_its_fields(house: DemoHouse, refused: str) -> None:
    logs = logs_of(house)
    assert {"web", "engine", "worker", "beat", "watcher", "signer", "backup", "chain"} <= set(house.lines)
    for process in house.lines:
        for line in lines_of(logs[process]):
            assert line.keys() >= FIELDS, line
            assert line["process"] == process


def test_a_number_leads_to_who_asked(house: DemoHouse, refused: str) -> None:
    (line,) = [one for one in lines_of(logs_of(house)["web"]) if one.get("request_id") == refused]
    assert (line["event"], line["endpoint"], line["status"]) == ("request", "OrdersEndpoint", 422)
    assert line["user_id"]
    assert line["key_id"]
