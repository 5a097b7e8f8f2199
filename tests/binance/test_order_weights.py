"""What each request costs, as Binance documents it, and how rates are written."""

from typing import Any

import pytest

from exchange.compat.binance.parameters import read_values
from exchange.compat.binance.spot.commissions import basis_points, rate_text
from exchange.compat.binance.spot.table import SPOT

LIMIT = {"type": "LIMIT", "side": "BUY", "timeInForce": "GTC", "quantity": "1", "price": "1"}
SYMBOL = {"symbol": "BTCUSDB"}

DOCUMENTED: list[tuple[str, str, dict[str, Any], int, int]] = [
    ("POST", "/api/v3/order", {**SYMBOL, **LIMIT}, 1, 1),
    ("POST", "/api/v3/order/test", {**SYMBOL, **LIMIT}, 1, 0),
    ("POST", "/api/v3/order/test", {**SYMBOL, **LIMIT, "computeCommissionRates": "true"}, 20, 0),
    ("GET", "/api/v3/order", {**SYMBOL, "orderId": "1"}, 4, 0),
    ("DELETE", "/api/v3/order", {**SYMBOL, "orderId": "1"}, 1, 0),
    ("DELETE", "/api/v3/openOrders", SYMBOL, 1, 0),
    (
        "POST",
        "/api/v3/order/cancelReplace",
        {**SYMBOL, **LIMIT, "cancelReplaceMode": "ALLOW_FAILURE", "cancelOrderId": "1"},
        1,
        1,
    ),
    ("PUT", "/api/v3/order/amend/keepPriority", {**SYMBOL, "orderId": "1", "newQty": "1"}, 4, 0),
    ("GET", "/api/v3/openOrders", SYMBOL, 6, 0),
    ("GET", "/api/v3/openOrders", {}, 80, 0),
    ("GET", "/api/v3/allOrders", SYMBOL, 20, 0),
    ("GET", "/api/v3/myTrades", SYMBOL, 20, 0),
    ("GET", "/api/v3/myTrades", {**SYMBOL, "orderId": "1"}, 5, 0),
    ("GET", "/api/v3/account", {}, 20, 0),
    ("GET", "/api/v3/account/commission", SYMBOL, 20, 0),
    ("GET", "/api/v3/rateLimit/order", {}, 40, 0),
    ("GET", "/sapi/v1/capital/config/getall", {}, 10, 0),
    ("GET", "/sapi/v1/asset/tradeFee", {}, 1, 0),
]


@pytest.mark.parametrize(("method", "path", "params", "weight", "orders"), DOCUMENTED)
def test_a_request_costs_what_is_documented(
    method: str, path: str, params: dict[str, str], weight: int, orders: int
) -> None:
    operation = SPOT.by_line[method, path]
    values = read_values(params, operation.parameters)
    assert (operation.weight_of(values), operation.orders) == (weight, orders)


@pytest.mark.parametrize(
    ("ppm", "text", "points"),
    [(0, "0.00000000", 0), (200, "0.00020000", 2), (250, "0.00025000", 3), (-50, "-0.00005000", 0)],
)
def test_rates_are_written_as_fractions_and_in_basis_points(ppm: int, text: str, points: int) -> None:
    assert (rate_text(ppm), basis_points(ppm)) == (text, points)
