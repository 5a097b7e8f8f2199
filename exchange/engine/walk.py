"""A dry walk: what a taker would trade if it were matched now. It changes nothing but dead levels."""

from collections.abc import Iterator
from typing import NamedTuple

from exchange.engine.book import Half, Level, Market, Order, Trader
from exchange.engine.closing import UNBOUNDED_LOTS
from exchange.engine.commands import PlaceOrder
from exchange.engine.fees import affordable_lots, charged_atoms
from exchange.engine.types import BUY, DECREMENT, EXPIRE_MAKER


class Walk(NamedTuple):
    """`complete`: the whole quantity traded, or all that the budget allows; nothing was prevented."""

    lots: int
    notional_atoms: int
    complete: bool


def walk(market: Market, trader: Trader, order: PlaceOrder, limit_key: int) -> Walk:
    """Follows the matching step by step, self-trade prevention included."""
    fee_ppm = market.taker_fee_ppm if order.side == BUY else 0
    total = order.quantity_lots or UNBOUNDED_LOTS
    lots = notional = prevented_lots = prevented_atoms = 0
    for level in _levels(market.opposite(order.side), limit_key):
        lot_notional = level.price_ticks * market.quote_atoms_per_tick_lot
        remaining = wanted = total - lots - prevented_lots
        if order.budget_atoms:
            left = order.budget_atoms - notional - charged_atoms(fee_ppm * notional) - prevented_atoms
            wanted = min(affordable_lots(left, lot_notional, fee_ppm, market.quantity_step_lots), remaining)
        filled, prevented, stopped = _walk_level(level, trader, order.self_trade_prevention, wanted)
        lots += filled
        notional += filled * lot_notional
        prevented_lots += prevented
        prevented_atoms += prevented * lot_notional + charged_atoms(fee_ppm * prevented * lot_notional)
        if stopped or filled + prevented == wanted:
            return Walk(lots, notional, lots > 0 and not stopped and not prevented_lots)
    return Walk(lots, notional, complete=False)


def _levels(half: Half, limit_key: int) -> Iterator[Level]:
    for key in reversed(half.keys):
        if key < limit_key:
            return
        level = half.levels[key]
        if level.head is not None:
            yield level


def _walk_level(level: Level, trader: Trader, mode: int, wanted: int) -> tuple[int, int, bool]:
    """Lots filled, lots prevented, and whether self-trade prevention would expire the taker here."""
    filled = prevented = 0
    maker: Order | None = level.head
    while maker is not None and filled + prevented < wanted:
        lots = min(maker.remaining_lots, wanted - filled - prevented)
        if maker.trader is not trader:
            filled += lots
        elif mode == DECREMENT:
            prevented += lots
            if filled + prevented == wanted:
                return filled, prevented, True
        elif mode != EXPIRE_MAKER:
            return filled, prevented, True
        maker = maker.next
    return filled, prevented, False
