"""What an order is refused for, by number and text as Binance's clients parse them."""

from typing import Any

import pytest

from access.http import Scope
from tests.binance.house import SMALL_SYMBOL, SYMBOL, Trader, with_new_key

LIMIT: dict[str, Any] = {
    "symbol": SYMBOL,
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.1",
    "price": "100.00",
}
MARKET: dict[str, Any] = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "0.1"}
STOP: dict[str, Any] = {**MARKET, "type": "STOP_LOSS", "stopPrice": "100000.00"}
STOP_LIMIT: dict[str, Any] = {**LIMIT, "type": "STOP_LOSS_LIMIT", "stopPrice": "100000.00"}


def mandatory(name: str) -> tuple[int, str]:
    return -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def not_required(name: str) -> tuple[int, str]:
    return -1106, f"Parameter '{name}' sent when not required."


def illegal(name: str) -> tuple[int, str]:
    return -1100, (
        f"Illegal characters found in parameter '{name}'; "
        r"legal range is '^([0-9]{1,20})(\.[0-9]{1,20})?$'."
    )


def failed(name: str) -> tuple[int, str]:
    return -1013, f"Filter failure: {name}"


WRONG: list[tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = [
    (LIMIT, {"symbol": None}, mandatory("symbol")),
    (LIMIT, {"symbol": "NOPE"}, (-1121, "Invalid symbol.")),
    (
        LIMIT,
        {"symbol": "btcusdb"},
        (-1100, "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."),
    ),
    (LIMIT, {"side": None}, mandatory("side")),
    (LIMIT, {"side": "buy"}, (-1117, "Invalid side.")),
    (LIMIT, {"type": None}, mandatory("type")),
    (LIMIT, {"type": "OCO"}, (-1116, "Invalid orderType.")),
    (LIMIT, {"timeInForce": None}, mandatory("timeInForce")),
    (LIMIT, {"timeInForce": "GTX"}, (-1115, "Invalid timeInForce.")),
    (LIMIT, {"quantity": None}, mandatory("quantity")),
    (LIMIT, {"price": None}, mandatory("price")),
    (LIMIT, {"stopPrice": "1"}, not_required("stopPrice")),
    (LIMIT, {"quoteOrderQty": "1"}, not_required("quoteOrderQty")),
    (LIMIT, {"type": "LIMIT_MAKER"}, not_required("timeInForce")),
    (LIMIT, {"price": ""}, (-1105, "Parameter 'price' was empty.")),
    (LIMIT, {"price": "-1"}, illegal("price")),
    (LIMIT, {"quantity": "1e-3"}, illegal("quantity")),
    (LIMIT, {"quantity": "0"}, failed("LOT_SIZE")),
    (LIMIT, {"price": "0.00"}, failed("PRICE_FILTER")),
    (LIMIT, {"price": "100.001"}, failed("PRICE_FILTER")),
    (LIMIT, {"quantity": "0.100001"}, failed("LOT_SIZE")),
    (LIMIT, {"quantity": "0.100000001"}, (-1111, "Parameter 'quantity' has too much precision.")),
    (LIMIT, {"price": "100.000000001"}, (-1111, "Parameter 'price' has too much precision.")),
    (LIMIT, {"quantity": "99999999999999999999"}, failed("LOT_SIZE")),
    (LIMIT, {"price": "99999999999999999999"}, failed("PRICE_FILTER")),
    (LIMIT, {"quantity": "0.001"}, failed("NOTIONAL")),
    (LIMIT, {"newClientOrderId": "a b"}, (-1100, "")),
    (LIMIT, {"newClientOrderId": "x" * 37}, (-1100, "")),
    (LIMIT, {"newOrderRespType": "ALL"}, (-1130, "Data sent for parameter 'newOrderRespType' is not valid.")),
    (
        LIMIT,
        {"selfTradePreventionMode": "NONE"},
        (-1130, "Data sent for parameter 'selfTradePreventionMode' is not valid."),
    ),
    (LIMIT, {"strategyType": 999_999}, (-1134, "strategyType was less than 1000000.")),
    (LIMIT, {"icebergQty": "0.01"}, (-2010, "Iceberg orders are not supported for this symbol.")),
    (LIMIT, {"quantity": "10000"}, (-2010, "Account has insufficient balance for requested action.")),
    (MARKET, {"price": "100"}, not_required("price")),
    (MARKET, {"timeInForce": "IOC"}, not_required("timeInForce")),
    (
        MARKET,
        {"quantity": None},
        (-1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"),
    ),
    (MARKET, {"quoteOrderQty": "10"}, (-1128, "Combination of optional parameters invalid.")),
    (
        MARKET,
        {"quantity": None, "quoteOrderQty": "1.000000001"},
        (-1111, "Parameter 'quoteOrderQty' has too much precision."),
    ),
    (MARKET, {"quantity": None, "quoteOrderQty": "0"}, (-1013, "Invalid quoteOrderQty.")),
    (MARKET, {"quantity": None, "quoteOrderQty": "0.5"}, failed("NOTIONAL")),
    (STOP, {"stopPrice": None}, mandatory("stopPrice")),
    (STOP, {"price": "1"}, not_required("price")),
    (STOP, {"timeInForce": "GTC"}, not_required("timeInForce")),
    (STOP, {"quantity": None}, mandatory("quantity")),
    (STOP, {"stopPrice": "100.001"}, failed("PRICE_FILTER")),
    (STOP_LIMIT, {"stopPrice": None}, mandatory("stopPrice")),
    (STOP_LIMIT, {"timeInForce": None}, mandatory("timeInForce")),
    (
        STOP,
        {"stopPrice": None, "trailingDelta": 100},
        (-2010, "Trailing stop orders are not supported for this symbol."),
    ),
]


@pytest.mark.parametrize(
    ("order", "changes", "refusal"), WRONG, ids=[f"{o['type']}-{c}"[:60] for o, c, _ in WRONG]
)
def test_a_wrong_order_is_refused(
    alice: Trader, order: dict[str, Any], changes: dict[str, Any], refusal: tuple[int, str]
) -> None:
    answer = alice.post("/api/v3/order", **{**order, **changes})
    assert answer.status == 400, answer
    assert answer.json["code"] == refusal[0]
    assert answer.json["msg"] == refusal[1] or not refusal[1]
    assert alice.get("/api/v3/openOrders", symbol=SYMBOL).json == []


def test_a_market_takes_so_many_open_orders_and_no_more(edith: Trader) -> None:
    small = {"symbol": SMALL_SYMBOL, "price": "0.01000", "quantity": "0.1"}
    for _ in range(3):
        edith.order(**small)
    assert edith.try_order(**small).refusal == (400, -2010, "Filter failure: MAX_NUM_ORDERS")
    assert len(edith.delete("/api/v3/openOrders", symbol=SMALL_SYMBOL).json) == 3


def test_who_may_only_look_places_nothing(alice: Trader) -> None:
    looking = with_new_key(alice.person, scopes=[Scope.READ])
    answer = looking.post("/api/v3/order", **LIMIT)
    assert answer.refusal == (401, -2015, "Invalid API-key, IP, or permissions for action.")
    assert looking.get("/api/v3/openOrders").json == []
