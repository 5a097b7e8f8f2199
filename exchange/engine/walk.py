"""A dry walk: what a taker would trade if it were matched now. It changes nothing but dead levels."""

from collections.abc import Iterator
from typing import NamedTuple

from exchange.engine.book import Half, Level, Order, Trader
from exchange.engine.closing import UNBOUNDED_LOTS
from exchange.engine.events import OrderAccepted
from exchange.engine.fees import affordable_lots, charged_atoms
from exchange.engine.market import Market, price_range
from exchange.engine.types import BUY, DECREMENT, EXPIRE_MAKER


class Walk(NamedTuple):
    """`complete`: the whole quantity traded, or all that the budget allows; nothing was prevented."""

    lots: int
    notional_atoms: int
    complete: bool


def walk(market: Market, trader: Trader, order: OrderAccepted, limit_key: int) -> Walk:
    """Follows the matching step by step: self-trade prevention, band and breaker included."""
    mode = order.self_trade_prevention
    fee_ppm = order.taker_fee_ppm if order.side == BUY else 0
    total = order.quantity_lots or UNBOUNDED_LOTS
    low, high = market.breaker_low, market.breaker_high
    lots = notional = prevented_lots = prevented_atoms = wanted = lot_notional = 0
    for level, maker in _makers(market.opposite(order.side)):
        here = level.price_ticks * market.quote_atoms_per_tick_lot
        maker_lots = maker.remaining_lots
        while maker_lots:
            if not wanted or here != lot_notional:
                lot_notional, wanted = here, total - lots - prevented_lots
                if order.budget_atoms:
                    left = order.budget_atoms - notional - charged_atoms(fee_ppm * notional) - prevented_atoms
                    wanted = min(affordable_lots(left, here, fee_ppm, market.quantity_step_lots), wanted)
                if not wanted:
                    return Walk(lots, notional, lots > 0 and not prevented_lots)
            if level.key < limit_key or not low <= level.price_ticks <= high:
                return Walk(lots, notional, complete=False)
            if maker.trader is trader and mode == EXPIRE_MAKER:
                break
            if maker.trader is trader and mode != DECREMENT:
                return Walk(lots, notional, complete=False)
            step = min(maker_lots, wanted)
            maker_lots -= step
            wanted -= step
            if maker.trader is not trader:
                if not lots and not market.breaker_price_ticks:
                    low, high = price_range(level.price_ticks, market.breaker_ppm)
                lots += step
                notional += step * here
                continue
            prevented_lots += step
            prevented_atoms += step * here + charged_atoms(fee_ppm * step * here)
            if not wanted:
                return Walk(lots, notional, complete=False)
    return Walk(lots, notional, lots > 0 and not wanted and not prevented_lots)


def _makers(half: Half) -> Iterator[tuple[Level, Order]]:
    for key in reversed(half.keys):
        level = half.levels[key]
        maker = level.head
        while maker is not None:
            yield level, maker
            maker = maker.next
