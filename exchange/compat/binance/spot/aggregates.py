"""Aggregate trades: what one taker order took at one price at one time, as one. Pure: the one rule for lists
and streams. An aggregate's id is that of its first trade: it grows, and leaves out the others' ids.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from exchange.compat.binance.amounts import price_text, quantity_text
from exchange.engine.types import Side
from exchange.live_wire import PublicTrade
from exchange.models import Market
from exchange.rendering import NS_PER_MS


class Aggregate(NamedTuple):
    first_trade_id: int
    last_trade_id: int
    price_ticks: int
    quantity_lots: int
    taker_side: int
    timestamp_ns: int


def continues(before: PublicTrade, trade: PublicTrade) -> bool:
    """Whether two trades that follow one another are of one aggregate. An order that was amended may take
    again, so the time counts too: trades of one command have the same, and one message has them all."""
    return (
        trade.taker_order_id == before.taker_order_id
        and trade.price_ticks == before.price_ticks
        and trade.timestamp_ns == before.timestamp_ns
    )


def fold(trades: Iterable[PublicTrade]) -> Iterator[Aggregate]:
    """The aggregates of trades of one market, oldest first, each as soon as it is known to be complete."""
    first: PublicTrade | None = None
    last: PublicTrade | None = None
    lots = 0
    for trade in trades:
        if first is not None and last is not None and not continues(last, trade):
            yield _aggregate(first, last, lots)
            first, lots = None, 0
        first = first or trade
        last, lots = trade, lots + trade.quantity_lots
    if first is not None and last is not None:
        yield _aggregate(first, last, lots)


def _aggregate(first: PublicTrade, last: PublicTrade, lots: int) -> Aggregate:
    return Aggregate(
        first.trade_id, last.trade_id, first.price_ticks, lots, first.taker_side, first.timestamp_ns
    )


def render_aggregate(aggregate: Aggregate, market: Market) -> dict[str, Any]:
    """The fields that list and stream share."""
    return {
        "a": aggregate.first_trade_id,
        "p": price_text(market, aggregate.price_ticks),
        "q": quantity_text(market, aggregate.quantity_lots),
        "f": aggregate.first_trade_id,
        "l": aggregate.last_trade_id,
        "T": aggregate.timestamp_ns // NS_PER_MS,
        "m": aggregate.taker_side == Side.SELL,
        "M": True,
    }
