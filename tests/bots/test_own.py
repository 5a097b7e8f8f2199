"""What an account knows of its orders: whatever order messages and answers come in, the truth remains."""

from itertools import permutations
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ballast_sdk.models import Order
from exchange.bots.own import OwnBalances, OwnOrders
from exchange.bots.rules.quoting import Resting
from exchange.engine.types import Side
from tests.bots.books import UNITS

_REST = {
    "market": "BTC-USDB",
    "side": "BUY",
    "type": "LIMIT",
    "time_in_force": "GTC",
    "post_only": True,
    "price": "100.00",
    "quantity": "1.00000",
    "quote_budget": None,
    "trigger_price": None,
    "self_trade_prevention": "EXPIRE_MAKER",
    "close_reason": None,
    "reject_reason": None,
    "prevented_quantity": "0.00000",
    "filled_quote": "0",
    "fee": "0",
    "fee_asset": "USDB",
    "original": None,
    "expires_at_ms": None,
    "triggered_at_ms": None,
    "created_at_ms": 1,
}


def order(
    number: int = 64, *, status: str = "NEW", filled: int = 0, time_ms: int = 1, **changes: Any
) -> Order:
    """Of whose ten parts some are filled."""
    told = {
        "order_id": str(number),
        "client_order_id": "maker-1",
        "status": status,
        "filled_quantity": f"{filled / 10:.5f}",
        "remaining_quantity": f"{1 - filled / 10:.5f}",
        "updated_at_ms": time_ms,
    }
    return msgspec.convert(_REST | told | changes, Order)


def own() -> OwnOrders:
    return OwnOrders("BTC-USDB", "maker-")


def test_it_knows_what_rests() -> None:
    orders = own()
    orders.hear(order(filled=3, status="PARTIALLY_FILLED"))
    assert orders.resting(UNITS) == [Resting(64, Side.BUY, 10_000, 70_000, 30_000)]


def test_answers_and_messages_may_come_in_any_order() -> None:
    told = [
        order(),
        order(filled=2, status="PARTIALLY_FILLED"),
        order(filled=5, status="PARTIALLY_FILLED", time_ms=2),
    ]
    for shuffled in permutations(told):
        orders = own()
        for one in shuffled:
            orders.hear(one)
        assert [one.filled_lots for one in orders.resting(UNITS)] == [50_000]


@given(st.permutations([("NEW", 0), ("PARTIALLY_FILLED", 4), ("CANCELED", 4)]))
def test_what_is_closed_stays_closed(told: list[tuple[str, int]]) -> None:
    orders = own()
    for status, filled in told:
        orders.hear(order(status=status, filled=filled))
    assert len(orders) == 0


def test_a_list_of_open_orders_takes_the_place_of_what_was_known() -> None:
    orders = own()
    orders.hear(order(64))
    orders.hear(order(128))
    orders.close(192)
    orders.replace([order(128), order(192), order(256)])
    assert [one.order_id for one in orders.resting(UNITS)] == [128, 256]


def test_other_markets_and_orders_by_hand_are_not_ours() -> None:
    orders = own()
    orders.hear(order(market="ETH-BTC"))
    orders.hear(order(client_order_id="by-hand"))
    orders.hear(order(client_order_id=None))
    assert len(orders) == 0


def test_a_balance_is_what_is_free_and_what_orders_hold() -> None:
    balances = OwnBalances()
    balances.hear(0, "BTC", "1.5", "0.25")
    balances.hear(1, "BTC", "1", "0")
    balances.hear(0, "BTC", "1.0", "0.25")
    assert (balances.total("BTC"), balances.total("USDB")) == ("2.25", "0")
