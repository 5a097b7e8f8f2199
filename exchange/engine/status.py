"""What a market takes, and what its circuit breaker measures from: how they change, and the events of it."""

from collections.abc import Sequence
from typing import Any

from exchange.engine.commands import SetMarketStatus
from exchange.engine.events import Event, EventKind
from exchange.engine.market import Market
from exchange.engine.rejection import rejected
from exchange.engine.state import EngineState
from exchange.engine.types import CANCEL_ONLY, HALTED, OPEN, RejectReason

STATUS_CHANGED = int(EventKind.MARKET_STATUS_CHANGED)
REBASED = int(EventKind.BREAKER_REBASED)


def set_market_status(state: EngineState, command: Sequence[Any]) -> list[Event]:
    """An operator's word ends whatever the breaker has begun."""
    _, name, status = SetMarketStatus(*command)
    market = state.markets.get(name)
    if market is None:
        return rejected(0, name, "", RejectReason.MARKET_NOT_FOUND)
    if not OPEN <= status <= HALTED:
        return rejected(0, name, "", RejectReason.INVALID_MARKET)
    return change_status(state, market, status, by_breaker=False)


def change_status(state: EngineState, market: Market, status: int, *, by_breaker: bool) -> list[Event]:
    """Opening gives the breaker the last price to measure from."""
    state.set_status(market, status, resume_ns=0)
    events: list[Event] = [(STATUS_CHANGED, market.name, status, by_breaker, 0)]
    if status == OPEN:
        rebase(state, market, events)
    return events


def halt_by_breaker(state: EngineState, market: Market, events: list[Event]) -> None:
    """After the command in which the breaker stopped a taker. Everybody can still take his orders back."""
    resume_ns = state.timestamp_ns + market.breaker_halt_ns if market.breaker_halt_ns else 0
    state.set_status(market, CANCEL_ONLY, resume_ns)
    events.append((STATUS_CHANGED, market.name, CANCEL_ONLY, True, resume_ns))


def rebase(state: EngineState, market: Market, events: list[Event]) -> None:
    """The breaker measures from the last price, from now on; without a breaker or a trade, from none."""
    price_ticks = market.last_price_ticks if market.breaker_ppm else 0
    if price_ticks or market.breaker_price_ticks:
        begin_window(state, market, price_ticks, events)


def begin_window(state: EngineState, market: Market, price_ticks: int, events: list[Event]) -> None:
    market.breaker_price_ticks = price_ticks
    market.breaker_since_ns = state.timestamp_ns if price_ticks else 0
    market.refresh()
    state.schedule(market)
    events.append((REBASED, market.name, price_ticks, market.breaker_since_ns))
