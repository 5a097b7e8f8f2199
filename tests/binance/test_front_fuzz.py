"""Every line of the surface under nonsense: each answer is JSON, a refusal says a number and a text."""

import random

import pytest

from exchange.compat.binance.operations import Operation, Security
from exchange.compat.binance.spot.table import SPOT
from tests.binance.conftest import MakeTrader
from tests.binance.house import Answer, Trader, encode, signed

VALUES = [
    "",
    "0",
    "1",
    "-1",
    "100",
    "0.1",
    "1e5",
    "NaN",
    "99999999999999999999",
    "9223372036854775807",
    "1700000000000",
    "true",
    "null",
    "[]",
    '["BTCUSDB"]',
    '["BTCUSDB",1,null]',
    "{}",
    "BTCUSDB",
    "NOSUCH",
    "btcusdb",
    "BTC",
    "BUY",
    "LIMIT",
    "MARKET",
    "GTC",
    "1m",
    "MAIN_FUNDING",
    "é",
    "\u202e",
    "\U0001f4a9",
    "\n",
    "a" * 300,
    "' OR 1=1 --",
    "../../etc/passwd",
]
TRIES = 12


LINES = sorted(SPOT.by_line)


def some_parameters(operation: Operation, chance: random.Random) -> dict[str, str]:
    """Mostly what the operation knows, of it more or less."""
    names = [one.name for one in operation.parameters]
    chosen = [name for name in names if chance.random() < 0.7]
    found = {name: chance.choice(VALUES) for name in chosen}
    if "symbol" in names and chance.random() < 0.7:
        found["symbol"] = "BTCUSDB"
    return found | {f"unknown{number}": chance.choice(VALUES) for number in range(chance.randrange(2))}


def ask(trader: Trader, operation: Operation, line: tuple[str, str], chance: random.Random) -> Answer:
    method, path = line
    parameters = some_parameters(operation, chance)
    if operation.security is not Security.SIGNED:
        return trader.unsigned(method, path, **parameters)
    text = encode(trader.stamped(parameters))
    in_query = None if method == "GET" else chance.random() < 0.5
    return trader.send_text(method, path, signed(trader.secret, text), in_query=in_query)


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_nonsense_gets_an_answer(line: tuple[str, str], trader: MakeTrader) -> None:
    poor = trader("poor")
    operation = SPOT.by_line[line]
    chance = random.Random(" ".join(line))
    for _ in range(TRIES):
        answer = ask(poor, operation, line, chance)
        assert answer.status in (200, 400, 404, 409), answer
        if answer.status != 200:
            assert isinstance(answer.json["code"], int), answer
            assert answer.json["code"] < 0, answer
            assert answer.json["msg"], answer
        assert int(answer.headers["x-mbx-used-weight"]) > 0


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_nobody_gets_in_without_what_an_operation_asks_for(line: tuple[str, str], reader: Trader) -> None:
    operation = SPOT.by_line[line]
    nobody = Trader(reader.client, reader.person, "", "")
    answer = nobody.unsigned(*line, symbol="BTCUSDB", timestamp=1)
    if operation.security is Security.NONE:
        assert answer.status in (200, 400)
    else:
        assert answer.refusal[0] == 401 or answer.refusal[1] in range(-1131, -1099)
        assert answer.refusal[1] != -1022


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_what_needs_a_signature_is_not_done_without_one(line: tuple[str, str], reader: Trader) -> None:
    if SPOT.by_line[line].security is not Security.SIGNED:
        return
    answer = reader.unsigned(*line, **reader.stamped({"symbol": "BTCUSDB"}))
    assert answer.refusal[:2] == (400, -1102)
    assert "'signature'" in answer.refusal[2]


def test_whoever_changes_or_sees_an_account_needs_a_signature_and_a_permission() -> None:
    """Listen keys are asked for with the key's name alone, as Binance has it."""
    for (method, path), operation in SPOT.by_line.items():
        if operation.security is Security.SIGNED:
            assert operation.scope is not None, path
        elif method != "GET":
            assert path.startswith("/api/v3/userDataStream"), path
