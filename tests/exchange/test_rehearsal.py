"""An order judged by its market's terms alone."""

from typing import Any

import pytest

from exchange.engine.commands import PlaceOrder, place_order
from exchange.engine.types import OrderType, SelfTradePrevention, Side, TimeInForce
from exchange.errors import EngineRefusal
from exchange.models import Market
from exchange.rehearsal import rehearse

ALICE = 7


def market(**changes: Any) -> Market:
    usual = {
        "symbol": "BTC-USDB",
        "base_asset": "BTC",
        "quote_asset": "USDB",
        "base_decimals": 8,
        "quote_decimals": 8,
        "price_decimals": 2,
        "quantity_decimals": 5,
        "price_step_ticks": 5,
        "quantity_step_lots": 10,
        "min_notional_atoms": 10**8,
        "status": "OPEN",
    }
    return Market(id=1, shard_id=3, **{**usual, **changes})


def order(**changes: Any) -> PlaceOrder:
    usual: dict[str, Any] = {
        "account": ALICE,
        "market": "BTC-USDB",
        "side": Side.BUY,
        "order_type": OrderType.LIMIT,
        "time_in_force": TimeInForce.GTC,
        "post_only": False,
        "price_ticks": 10_000,
        "quantity_lots": 10_000,
        "budget_atoms": 0,
        "self_trade_prevention": SelfTradePrevention.EXPIRE_MAKER,
        "client_order_id": "",
        "deadline_ns": 0,
        "trigger_price_ticks": 0,
        "expires_ns": 0,
    }
    return place_order(**{**usual, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"side": Side.SELL},
        {"time_in_force": TimeInForce.FOK},
        {"order_type": OrderType.MARKET, "time_in_force": TimeInForce.IOC, "price_ticks": 0},
        {"order_type": OrderType.STOP_LIMIT, "trigger_price_ticks": 20_000},
        {"post_only": True},
        {"quantity_lots": 10**12, "price_ticks": 5},
    ],
)
def test_what_fits_the_market_is_not_refused(changes: dict[str, Any]) -> None:
    rehearse(market(), order(**changes))


@pytest.mark.parametrize(
    ("terms", "changes", "code"),
    [
        ({}, {"price_ticks": 10_001}, "TICK_SIZE"),
        ({}, {"quantity_lots": 10_001}, "LOT_SIZE"),
        ({}, {"quantity_lots": 10}, "MIN_NOTIONAL"),
        ({"max_notional_atoms": 9 * 10**8}, {}, "MAX_NOTIONAL"),
        ({"status": "HALTED"}, {}, "MARKET_HALTED"),
        ({"status": "CANCEL_ONLY"}, {}, "MARKET_CANCEL_ONLY"),
        ({"status": "POST_ONLY"}, {}, "MARKET_POST_ONLY"),
        ({"band_ppm": 100_000, "reference_price_ticks": 20_000}, {}, "PRICE_BAND"),
    ],
)
def test_what_breaks_the_markets_terms_is_refused(
    terms: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(EngineRefusal) as caught:
        rehearse(market(**terms), order(**changes))
    assert caught.value.code == code
