"""From outside trades to the orders of a taker: scaled, no more than so many a second, and so that its money
lasts. Pure: it is told the time."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from exchange.bots.rules.copying import Holding, skew
from exchange.bots.rules.units import PPM, Units
from exchange.engine.types import Side

_ORDER = 1_000  # tokens
_MINUTE_MS = 60_000
_SPARE_PPM = 990_000  # of what there is: a buy pays a fee too


class OutsideTrade(NamedTuple):
    """`side` is the taker's."""

    side: Side
    price_e8: int
    quantity_e8: int


class Take(NamedTuple):
    """An order that takes what there is up to the limit price, and does not rest."""

    side: Side
    limit_ticks: int
    lots: int


@dataclass(frozen=True, slots=True)
class FollowTerms:
    """`slack_ppm`: how much worse than the outside price an order may trade. `per_minute` orders are sent at
    most, each of at most `most_lots`."""

    price_ppm: int
    quantity_ppm: int
    per_minute: int
    most_lots: int
    slack_ppm: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was heard and not yet followed, of either side. `tokens` are thousandths of an order."""

    buy_lots: int = 0
    sell_lots: int = 0
    price_e8: int = 0
    tokens: int = _ORDER
    time_ms: int = 0


def heard(waiting: Waiting, trade: OutsideTrade, units: Units, terms: FollowTerms) -> Waiting:
    """A side never waits for more than one order may have."""
    lots = trade.quantity_e8 * terms.quantity_ppm // (units.lot_e8 * PPM)
    if trade.side == Side.BUY:
        return replace(
            waiting, buy_lots=min(waiting.buy_lots + lots, terms.most_lots), price_e8=trade.price_e8
        )
    return replace(waiting, sell_lots=min(waiting.sell_lots + lots, terms.most_lots), price_e8=trade.price_e8)


def follow(
    waiting: Waiting, holding: Holding, units: Units, terms: FollowTerms, time_ms: int
) -> tuple[Take | None, Waiting]:
    """At most one order, of the side that waits for more, and what waits then."""
    waiting = _refilled(waiting, terms, time_ms)
    if waiting.tokens < _ORDER or not waiting.price_e8:
        return None, waiting
    side = Side.BUY if waiting.buy_lots >= waiting.sell_lots else Side.SELL
    take = take_of(side, max(waiting.buy_lots, waiting.sell_lots), waiting.price_e8, holding, units, terms)
    if take is None:
        return None, waiting
    left = replace(waiting, tokens=waiting.tokens - _ORDER)
    return take, replace(left, buy_lots=0) if side == Side.BUY else replace(left, sell_lots=0)


def _refilled(waiting: Waiting, terms: FollowTerms, time_ms: int) -> Waiting:
    """Time that is too short to give a token is counted with what follows it."""
    elapsed_ms = min(max(time_ms - waiting.time_ms, 0), _MINUTE_MS)
    gained = elapsed_ms * terms.per_minute // 60
    if not gained:
        return waiting
    return replace(waiting, tokens=min(waiting.tokens + gained, _ORDER), time_ms=time_ms)


def take_of(
    side: Side, lots: int, price_e8: int, holding: Holding, units: Units, terms: FollowTerms
) -> Take | None:
    """An order near an outside price. None where it would be less than an order may be.

    Its limit is rounded as the maker rounds its quotes, or in a market of large steps they would never meet.
    """
    scaled, step = price_e8 * terms.price_ppm, units.tick_e8 * PPM * PPM
    if side == Side.BUY:
        limit_ticks = -(-scaled * (PPM + terms.slack_ppm) // step)
    else:
        limit_ticks = scaled * (PPM - terms.slack_ppm) // step
    if limit_ticks < 1:
        return None
    buy_ppm, sell_ppm = skew(holding, limit_ticks)
    wanted = lots * (buy_ppm if side == Side.BUY else sell_ppm) // PPM
    return affordable_take(Take(side, limit_ticks, min(wanted, terms.most_lots)), holding, units)


def affordable_take(take: Take, holding: Holding, units: Units) -> Take | None:
    """As much of it as the account can and shall pay for. None where that is less than an order may be."""
    if take.side == Side.BUY:
        spendable = max(holding.quote_cells - holding.least_quote_cells, 0) * _SPARE_PPM // PPM
        most = min(spendable // take.limit_ticks, holding.most_base_lots - holding.base_lots)
    else:
        room = holding.most_quote_cells - holding.quote_cells
        most = min(holding.base_lots - holding.least_base_lots, room // take.limit_ticks)
    lots = min(take.lots, most, units.max_cells // take.limit_ticks)
    if lots < 1 or lots * take.limit_ticks < units.min_cells:
        return None
    return take._replace(lots=lots)
