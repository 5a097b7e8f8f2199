"""A taker against the other half of the book: trades at the makers' prices, makers settled at once.

The taker's own balances are not touched here; it is settled once, by `settle_taker`, after all its
trades. The formulas of `fees` are written out in `cross_level`, which runs for each level of each taker.
"""

from exchange.engine.book import Half, Level, Market, Order
from exchange.engine.closing import UNBOUNDED_LOTS
from exchange.engine.events import Event, EventKind
from exchange.engine.fees import affordable_lots, buy_hold_atoms, charged_atoms
from exchange.engine.self_trade import STOPPED, prevent
from exchange.engine.types import BUY, PPM

TRADE = int(EventKind.TRADE)


# Why a taker stopped.
FILLED, BOOK_EXHAUSTED, BUDGET_SPENT, SELF_TRADE = range(4)
ANY_KEY = -(2**63)


def cross_level(market: Market, taker: Order, level: Level, wanted_lots: int, events: list[Event]) -> int:
    """Trade up to `wanted_lots` with the orders of one level. Returns the lots still wanted, or STOPPED."""
    name, quote = market.name, market.quote
    price_ticks = level.price_ticks
    lot_notional = price_ticks * market.quote_atoms_per_tick_lot
    lot_atoms = market.base_atoms_per_lot
    trade_id = market.last_trade_id
    trader, terms = taker.trader, taker.terms
    taker_id, account, side, taker_ppm = terms[1], terms[2], terms[5], terms[14]
    filled_quote = taker.filled_quote_atoms
    charged = -(-taker_ppm * filled_quote // PPM)
    while wanted_lots > 0:
        maker = level.head
        if maker is None:
            break
        maker_trader, maker_terms = maker.trader, maker.terms
        if maker_trader is trader:
            wanted_lots = prevent(market, taker, maker, wanted_lots, events)
            continue
        lots = remaining = maker.remaining_lots
        if lots > wanted_lots:
            lots = wanted_lots
        remaining -= lots
        wanted_lots -= lots
        taker.remaining_lots -= lots
        level.lots -= lots
        maker.remaining_lots = remaining
        notional = lots * lot_notional
        filled_quote += notional
        before = charged
        charged = -(-taker_ppm * filled_quote // PPM)
        maker_ppm, taker_ppm_of_maker = maker_terms[13], maker_terms[14]
        maker_quote, taken_quote = maker.filled_quote_atoms, maker.taker_quote_atoms
        accumulated = taker_ppm_of_maker * taken_quote + maker_ppm * (maker_quote - taken_quote)
        maker_fee = -accumulated // PPM
        accumulated += maker_ppm * notional
        maker_fee += -(-accumulated // PPM)
        maker.filled_quote_atoms = maker_quote + notional
        hold = maker.hold_atoms
        if side:
            rest = 0
            if remaining:
                rest = buy_hold_atoms(remaining * lot_notional, accumulated, maker_ppm, taker_ppm_of_maker)
            maker.hold_atoms = rest
            balance = maker_trader.quote
            balance.locked_atoms -= hold - rest
            balance.free_atoms += hold - rest - notional - maker_fee
            maker_trader.base.free_atoms += lots * lot_atoms
        else:
            atoms = lots * lot_atoms
            maker.hold_atoms = hold - atoms
            maker_trader.base.locked_atoms -= atoms
            maker_trader.quote.free_atoms += notional - maker_fee
        quote.total_atoms -= maker_fee + charged - before
        trade_id += 1
        maker_id, maker_account = maker_terms[1], maker_trader.account
        parties = (maker_id, taker_id, maker_account, account)
        figures = (price_ticks, lots, notional, maker_fee, charged - before, remaining)
        events.append((TRADE, name, trade_id, *parties, side, *figures))
        if not remaining:
            level.head = behind = maker.next
            if behind is None:
                level.tail = None
                level.half.dead += 1
            else:
                behind.prev = None
            del maker_trader.orders[maker_id]
            maker_trader.open_orders -= 1
    taker.filled_quote_atoms = filled_quote
    if trade_id != market.last_trade_id:
        market.last_trade_id = trade_id
        market.last_price_ticks = price_ticks
    return wanted_lots


def cross(market: Market, taker: Order, half: Half, limit_key: int, events: list[Event]) -> int:
    """Trade while the best level of `half` is at `limit_key` or better. Returns why it stopped."""
    while taker.remaining_lots:
        level = half.best()
        if level is None or level.key < limit_key:
            return BOOK_EXHAUSTED
        if cross_level(market, taker, level, taker.remaining_lots, events) == STOPPED:
            return SELF_TRADE
    return FILLED


def cross_within_budget(
    market: Market, taker: Order, half: Half, budget_atoms: int, events: list[Event]
) -> int:
    """Trade at any price until the quantity is filled or the budget buys (or sells for) no further step.

    A buyer's budget includes the fee, a seller's is his gross proceeds. What self-trade prevention takes
    off the order it takes off the budget too, at the price where it happened.
    """
    fee_ppm = taker.terms[14] if taker.terms[5] == BUY else 0
    prevented_atoms = 0
    while taker.remaining_lots:
        level = half.best()
        if level is None:
            return BOOK_EXHAUSTED
        lot_notional = level.price_ticks * market.quote_atoms_per_tick_lot
        spent_atoms = taker.filled_quote_atoms + charged_atoms(fee_ppm * taker.filled_quote_atoms)
        left = budget_atoms - spent_atoms - prevented_atoms
        wanted = min(
            affordable_lots(left, lot_notional, fee_ppm, market.quantity_step_lots), taker.remaining_lots
        )
        if not wanted:
            return BUDGET_SPENT
        prevented_before = taker.prevented_lots
        wanted = cross_level(market, taker, level, wanted, events)
        if wanted == STOPPED:
            return SELF_TRADE
        prevented = (taker.prevented_lots - prevented_before) * lot_notional
        prevented_atoms += prevented + charged_atoms(fee_ppm * prevented)
        if not wanted and taker.remaining_lots:
            return BUDGET_SPENT
    return FILLED


def settle_taker(market: Market, taker: Order) -> None:
    """Pay and receive what the taker traded, once for all its trades."""
    filled_quote = taker.filled_quote_atoms
    fee = charged_atoms(taker.terms[14] * filled_quote)
    lots = (taker.terms[10] or UNBOUNDED_LOTS) - taker.remaining_lots - taker.prevented_lots
    base_atoms = lots * market.base_atoms_per_lot
    trader = taker.trader
    if taker.terms[5] == BUY:
        trader.quote.free_atoms -= filled_quote + fee
        trader.base.free_atoms += base_atoms
    else:
        trader.base.free_atoms -= base_atoms
        trader.quote.free_atoms += filled_quote - fee
