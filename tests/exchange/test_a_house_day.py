"""Stories of the house's day: who trades much pays less, and a market that is halted keeps what it has."""

from typing import Any

import pytest

from exchange import fee_tiers
from exchange.engine.commands import cancel_order
from exchange.engine.events import Rejected
from exchange.engine.types import MarketStatus, OrderStatus, OrderType, RejectReason
from exchange.models import EngineRequest, FeeTierRule, Trade
from exchange.selectors_candles import candles_of
from exchange.services.requests import request_cancel_all, request_fee_tier, request_market_status
from exchange.services.tiers import review_fee_tiers
from tests.exchange.scene import Scene, limit
from tests.exchange.support import BUY, SELL, USDB, settle, ticks
from tests.exchange.trading_day import HOUR, MINUTE, Day, money, status

WHY: dict[str, Any] = {"reason": "as planned", "requested_by": None}


@pytest.fixture
def day(scene: Scene) -> Day:
    return Day(scene)


def set_status(day: Day, wanted: MarketStatus) -> None:
    request_market_status(market=day.market, status=wanted, **WHY)
    settle(day.scene.worker)
    assert day.market.status == wanted.name


def refusal(day: Day, account: int, price: str = "50000", **rest: Any) -> RejectReason:
    event = day.scene.tell(limit(account, BUY, price, **rest)).events[0]
    assert isinstance(event, Rejected)
    return RejectReason(event.reason)


def test_who_has_traded_enough_pays_less_from_the_next_order_on(day: Day) -> None:
    FeeTierRule.objects.create(tier=1, quote_asset="USDB", volume_atoms=400 * USDB)
    request_fee_tier(market=day.market, tier=1, maker_fee_ppm=0, taker_fee_ppm=100, **WHY)
    settle(day.scene.worker)
    old = day.order(day.bob, SELL, "50000", 2_000)
    day.order(day.alice, BUY, "50000")  # 500 USDB: alice and bob are over the line, carol is not
    assert review_fee_tiers(now_ns=day.now_ns) == 2
    settle(day.scene.worker)
    day.order(day.alice, BUY, "50000")
    first, second = Trade.objects.order_by("id")
    # bob's order was taken in before: 0.02 % still; alice's second is of the tier: 0.01 % and not 0.05 %
    assert (first.maker_fee_atoms, first.taker_fee_atoms) == (10_000_000, 25_000_000)
    assert (second.maker_fee_atoms, second.taker_fee_atoms) == (10_000_000, 5_000_000)
    assert status(old) == OrderStatus.FILLED
    fee_tiers._volumes.clear()
    tier = fee_tiers.fee_tier_of(day.carol)
    assert (tier["tier"], tier["volumes"]) == (0, [])
    assert tier["next_tier"]["missing"] == "400.00000000"
    day.scene.check()


def test_a_halted_market_takes_nothing_and_loses_nothing(day: Day) -> None:
    offer = day.order(day.bob, SELL, "50000")
    set_status(day, MarketStatus.HALTED)
    assert refusal(day, day.alice) == RejectReason.MARKET_HALTED
    assert day.has(day.alice)["USDB"] == money("1000000")
    assert status(offer) == OrderStatus.NEW
    set_status(day, MarketStatus.OPEN)
    day.order(day.alice, BUY, "50000")
    assert status(offer) == OrderStatus.FILLED
    day.scene.check()


def test_a_market_that_only_cancels_lets_everybody_go(day: Day) -> None:
    offer = day.order(day.bob, SELL, "50000")
    set_status(day, MarketStatus.CANCEL_ONLY)
    assert refusal(day, day.alice) == RejectReason.MARKET_CANCEL_ONLY
    day.scene.tell(cancel_order(account=day.bob, order_id=offer.id))
    assert status(offer) == OrderStatus.CANCELED
    assert day.has(day.bob)["BTC"] == money("10")
    day.scene.check()


def test_a_market_reopens_by_steps(day: Day) -> None:
    """Everybody's orders are closed; first only what adds to the book comes in, then everything."""
    bid, offer = day.order(day.alice, BUY, "49000"), day.order(day.bob, SELL, "51000")
    set_status(day, MarketStatus.CANCEL_ONLY)
    request_cancel_all(shard=0, **WHY)
    settle(day.scene.worker)
    assert {status(bid), status(offer)} == {OrderStatus.CANCELED}
    set_status(day, MarketStatus.POST_ONLY)
    assert refusal(day, day.alice, "49500") == RejectReason.MARKET_POST_ONLY
    quote = day.order(day.alice, BUY, "49500", post_only=True)
    set_status(day, MarketStatus.OPEN)
    day.order(day.bob, SELL, "49500")
    assert status(quote) == OrderStatus.FILLED
    assert not EngineRequest.objects.exclude(status="APPLIED").exists()
    day.scene.check()


def test_a_stop_waits_through_a_halt(day: Day) -> None:
    day.trade("50000")
    stop = day.conditional(day.alice, SELL, OrderType.STOP_MARKET, "49000", 1_000)
    set_status(day, MarketStatus.HALTED)
    day.later(HOUR)
    assert status(stop) == OrderStatus.UNTRIGGERED
    set_status(day, MarketStatus.OPEN)
    day.order(day.bob, BUY, "48900", 2_000)
    day.trade("49000")
    assert status(stop) == OrderStatus.FILLED
    day.scene.check()


def test_candles_of_the_day_are_those_of_its_trades(day: Day) -> None:
    """Two trades in the first minute, none in the second, one in the third; the hour has all of them."""
    start_ms = day.now_ns // 10**6
    day.trade("50000", 10)
    day.trade("50200", 20)
    day.later(2 * MINUTE)
    day.trade("49900", 30)
    minutes = candles_of(market=day.market, interval="1m", start_ms=start_ms, now_ms=day.now_ns // 10**6)
    assert [(one.open_ticks, one.high_ticks, one.low_ticks, one.close_ticks) for one in minutes] == [
        tuple(map(ticks, prices))
        for prices in (
            ("50000", "50200", "50000", "50200"),
            ("50200", "50200", "50200", "50200"),
            ("49900", "49900", "49900", "49900"),
        )
    ]
    assert [(one.volume_lots, one.trades) for one in minutes] == [(30, 2), (0, 0), (30, 1)]
    (hour,) = candles_of(market=day.market, interval="1h", start_ms=start_ms, now_ms=day.now_ns // 10**6)
    assert (hour.open_ticks, hour.close_ticks) == (ticks("50000"), ticks("49900"))
    assert (hour.volume_lots, hour.trades, hour.taker_buy_lots) == (60, 3, 0)
    assert hour.volume_quote_atoms == sum(one.notional_atoms for one in Trade.objects.all())
    day.scene.check()
