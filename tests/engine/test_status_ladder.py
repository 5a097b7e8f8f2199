"""Every kind of command against every status of a market: one table that says what each is answered."""

from collections.abc import Callable
from typing import Any

import pytest

from exchange.engine import commands as c
from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, Rejected
from exchange.engine.types import EVERYBODY, MarketStatus, OrderType, RejectReason, Side, TimeInForce
from tests.engine.support import ALICE, BOB, MARKET, an_engine, buy, order_id, sell, stop, tell, trade_at

OPEN, POST_ONLY, CANCEL_ONLY, HALTED = MarketStatus
NO = {
    POST_ONLY: RejectReason.MARKET_POST_ONLY,
    CANCEL_ONLY: RejectReason.MARKET_CANCEL_ONLY,
    HALTED: RejectReason.MARKET_HALTED,
}
RESTING, WAITING = "resting", "waiting"
LIMIT: dict[str, Any] = {"market": MARKET, "side": Side.BUY, "price_ticks": 90, "quantity_lots": 1}
ONE: dict[str, Any] = {"market": MARKET, "side": Side.BUY, "quantity_lots": 1}
TAKING: dict[str, Any] = {**ONE, "order_type": OrderType.MARKET}
TRIGGERED: dict[str, Any] = {**ONE, "trigger_price_ticks": 150}
Make = Callable[[dict[str, int]], c.Command]

# A command, made with the ids of Alice's two orders, and from which status on it is refused.
LADDER: dict[str, tuple[Make, MarketStatus | None]] = {
    "a limit order": (lambda _: c.place_order(account=BOB, **LIMIT), POST_ONLY),
    "an order that takes or dies": (
        lambda _: c.place_order(account=BOB, **LIMIT, time_in_force=TimeInForce.IOC),
        POST_ONLY,
    ),
    "a market order": (lambda _: c.place_order(account=BOB, **TAKING), POST_ONLY),
    "a stop": (
        lambda _: c.place_order(account=BOB, **TRIGGERED, order_type=OrderType.STOP_MARKET),
        POST_ONLY,
    ),
    "a stop with a limit": (
        lambda _: c.place_order(account=BOB, **TRIGGERED, price_ticks=151, order_type=OrderType.STOP_LIMIT),
        POST_ONLY,
    ),
    "a post-only order": (lambda _: c.place_order(account=BOB, **LIMIT, post_only=True), CANCEL_ONLY),
    "a post-only stop": (
        lambda _: c.place_order(
            account=BOB, **TRIGGERED, price_ticks=151, order_type=OrderType.STOP_LIMIT, post_only=True
        ),
        CANCEL_ONLY,
    ),
    "a smaller quantity": (
        lambda ids: c.amend_order(account=ALICE, order_id=ids[RESTING], quantity_lots=4),
        CANCEL_ONLY,
    ),
    "a passive price": (
        lambda ids: c.amend_order(account=ALICE, order_id=ids[RESTING], price_ticks=91),
        CANCEL_ONLY,
    ),
    "a price that crosses": (
        lambda ids: c.amend_order(account=ALICE, order_id=ids[RESTING], price_ticks=110),
        POST_ONLY,
    ),
    "another trigger": (
        lambda ids: c.amend_order(account=ALICE, order_id=ids[WAITING], trigger_price_ticks=160),
        CANCEL_ONLY,
    ),
    "a cancel": (lambda ids: c.cancel_order(account=ALICE, order_id=ids[RESTING]), HALTED),
    "a cancel of a waiting order": (
        lambda ids: c.cancel_order(account=ALICE, order_id=ids[WAITING]),
        HALTED,
    ),
    "a cancel of all in the market": (lambda _: c.cancel_all(account=ALICE, market=MARKET), HALTED),
    "an operator's cancel of all": (lambda _: c.cancel_all(account=EVERYBODY, market=MARKET), None),
    "a dead man's switch": (lambda _: c.set_switch(account=ALICE, market=MARKET, timeout_ns=10), None),
    "a deposit": (lambda _: c.deposit(account=ALICE, asset="BTC", amount_atoms=1, transfer_id=9), None),
    "a withdrawal": (lambda _: c.withdraw(account=ALICE, asset="BTC", amount_atoms=1, transfer_id=9), None),
    "a tier's rates": (
        lambda _: c.set_fee_tier(market=MARKET, tier=1, maker_fee_ppm=0, taker_fee_ppm=0),
        None,
    ),
    "an account's tier": (lambda _: c.set_account_tier(account=ALICE, tier=1), None),
    "a reference price": (lambda _: c.set_reference_price(market=MARKET, price_ticks=100), None),
    "the next status": (lambda _: c.set_market_status(market=MARKET, status=OPEN), None),
}


def _a_market_in(status: MarketStatus) -> tuple[Engine, dict[str, int]]:
    """The last price is 100; Alice bids 5 at 80 and waits to buy at 140; Bob asks for 5 at 110."""
    engine = an_engine()
    trade_at(engine, 100)
    sell(engine, BOB, 5, 110)
    ids = {
        RESTING: order_id(buy(engine, ALICE, 5, 80)),
        WAITING: order_id(stop(engine, ALICE, Side.BUY, 1, 140, price=141)),
    }
    tell(engine, c.set_market_status(market=MARKET, status=status))
    return engine, ids


def _refusal(events: list[NamedEvent]) -> RejectReason | None:
    first = events[0]
    return RejectReason(first.reason) if isinstance(first, Rejected) else None


@pytest.mark.parametrize("status", list(MarketStatus))
@pytest.mark.parametrize("name", LADDER)
def test_each_command_is_answered_by_the_ladder(name: str, status: MarketStatus) -> None:
    make, refused_from = LADDER[name]
    engine, ids = _a_market_in(status)
    is_refused = refused_from is not None and status >= refused_from
    assert _refusal(tell(engine, make(ids))) == (NO[status] if is_refused else None)


@pytest.mark.parametrize("name", [name for name, (_, least) in LADDER.items() if least is not None])
def test_what_a_halt_refuses_changes_nothing(name: str) -> None:
    engine, ids = _a_market_in(HALTED)
    before = engine.snapshot()
    tell(engine, LADDER[name][0](ids))
    assert engine.snapshot() == before._replace(sequence=before.sequence + 1)


@pytest.mark.parametrize("name", [name for name, (_, least) in LADDER.items() if least is not None])
def test_once_the_market_is_open_again_the_same_command_is_taken(name: str) -> None:
    engine, ids = _a_market_in(HALTED)
    tell(engine, LADDER[name][0](ids))
    tell(engine, c.set_market_status(market=MARKET, status=OPEN))
    assert _refusal(tell(engine, LADDER[name][0](ids))) is None


@pytest.mark.parametrize("status", list(MarketStatus))
def test_a_dead_mans_switch_takes_the_orders_out_in_every_status(status: MarketStatus) -> None:
    engine, _ = _a_market_in(status)
    tell(engine, c.set_switch(account=ALICE, market=MARKET, timeout_ns=10), at=5)
    assert len(tell(engine, c.tick(), at=14)) == 0
    assert len(tell(engine, c.tick(), at=15)) == 3
    assert engine.open_orders(ALICE) == []
    assert engine.balance(ALICE, "USDB") == (10**12, 0)
