"""Whatever is sent, the answer has a number and a text, and is never a bug's. (The client looks at that.)"""

import random
import secrets
from typing import Any

import pytest

from exchange.compat.binance.operations import Operation, Security
from exchange.compat.binance.spot import account, orders, wallet
from tests.binance.house import SYMBOL, Trader

OPERATIONS = [*orders.OPERATIONS, *account.OPERATIONS, *wallet.OPERATIONS]
ROUNDS = 25
STRANGE = [
    "",
    "0",
    "-1",
    "1",
    "00",
    "0.0",
    "1.",
    ".1",
    "1e9",
    "1_000",
    "NaN",
    "null",
    "true",
    "GTC",
    "LIMIT",
    "MARKET",
    "BUY",
    "SELL",
    SYMBOL,
    "btcusdb",
    "BTC-USDB",
    "BTC",
    "ACK",
    "²",
    "\x00",
    "%00",
    "a" * 37,
    "'; drop table",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999",
    "0.00000000000000000001",
    "4102444800000",
    "4102444800001",
    "[1]",
    "{}",
    "\ud7ff",
]
SOUND: dict[str, list[Any]] = {
    "symbol": [SYMBOL],
    "side": ["BUY", "SELL"],
    "type": ["LIMIT", "MARKET", "STOP_LOSS", "TAKE_PROFIT_LIMIT", "LIMIT_MAKER", "MAIN_FUNDING"],
    "timeInForce": ["GTC", "IOC", "FOK"],
    "quantity": ["0.1", "0.00001"],
    "newQty": ["0.1"],
    "price": ["100.00", "0.01"],
    "stopPrice": ["100.00"],
    "quoteOrderQty": ["10"],
    "cancelReplaceMode": ["STOP_ON_FAILURE", "ALLOW_FAILURE"],
    "orderId": [1],
    "cancelOrderId": [1],
    "origClientOrderId": ["x"],
    "coin": ["BTC"],
    "asset": ["USDB"],
    "amount": ["1"],
    "address": ["x"],
}


def fuzzed(chance: random.Random, operation: Operation) -> dict[str, Any]:
    """Mostly what the operation knows, some of it strange, some of it missing."""
    params: dict[str, Any] = {}
    for parameter in operation.parameters:
        if parameter.required or chance.random() < 0.5:
            sound = SOUND.get(parameter.name, STRANGE)
            params[parameter.name] = chance.choice(sound if chance.random() < 0.8 else STRANGE)
    if params and chance.random() < 0.2:
        params.pop(chance.choice(list(params)))
    return params


@pytest.fixture
def fuzzer(trader: Any) -> Trader:
    made: Trader = trader("fuzzer", USDB="1000", BTC="1")
    return made


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
def test_nothing_that_is_sent_is_answered_by_a_bug(fuzzer: Trader, operation: Operation) -> None:
    assert operation.http is not None
    method, path = operation.http
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        params = fuzzed(chance, operation)
        answer = fuzzer.send(method, path, params)
        context = f"seed {seed}: {params} -> {answer}"
        assert answer.status in (200, 400, 401, 404, 409, 429), context
        if answer.status != 200:
            number, text = answer.json["code"], answer.json["msg"]
            assert number < -1000, context
            assert text.isprintable(), context
            assert text, context


def test_every_operation_is_signed_but_the_state_of_the_house() -> None:
    open_ones = [one.name for one in OPERATIONS if one.security is not Security.SIGNED]
    assert open_ones == ["binance.system"]
    assert all(one.scope is not None for one in OPERATIONS if one.security is Security.SIGNED)
