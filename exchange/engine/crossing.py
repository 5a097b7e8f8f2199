"""A taker against the other half of the book: trades at the makers' prices, makers settled at once.

The taker's own balances are not touched here; it is settled once, by `settle_taker`, after all its
trades. The formulas of `fees` are partly written out, because these functions run for each trade.
"""

from typing import Final

from exchange.engine.book import Half, Level, Order
from exchange.engine.closing import filled_lots
from exchange.engine.events import Event
from exchange.engine.fees import accumulated_ppm_atoms, affordable_lots, buy_hold_atoms, charged_atoms
from exchange.engine.market import Market
from exchange.engine.self_trade import STOPPED, prevent
from exchange.engine.types import BUY, PPM

TRADE: Final = 2  # EventKind.TRADE


# Why a taker stopped.
FILLED, BOOK_EXHAUSTED, BUDGET_SPENT, SELF_TRADE, BAND_EDGE, BREAKER_EDGE = range(6)
ANY_KEY = -(2**63)


def cross_level(market: Market, taker: Order, level: Level, wanted_lots: int, events: list[Event]) -> int:
    """Trade up to `wanted_lots` with the orders of one level. Returns the lots still wanted, or STOPPED."""
    price_ticks: int = level.price_ticks
    lot_notional = price_ticks * market.quote_atoms_per_tick_lot
    trade_id = market.last_trade_id
    trader, terms = taker.trader, taker.terms
    taker_id, account, name, side, taker_ppm = terms[1], terms[2], terms[3], terms[5], terms[14]
    filled_quote = taker.filled_quote_atoms
    made_ppm_atoms = (terms[13] - taker_ppm) * taker.made_quote_atoms
    charged = -((-taker_ppm * filled_quote - made_ppm_atoms) // PPM)
    fees = -charged
    while wanted_lots > 0:
        maker = level.head
        if maker is None:
            break
        maker_trader = maker.trader
        if maker_trader is trader:
            wanted_lots = prevent(market, taker, maker, wanted_lots, events)
            continue
        lots = remaining = maker.remaining_lots
        if lots > wanted_lots:
            lots = wanted_lots
        maker.remaining_lots = remaining = remaining - lots
        wanted_lots -= lots
        taker.remaining_lots -= lots
        level.lots -= lots
        notional = lots * lot_notional
        filled_quote += notional
        taker_fee = -charged
        charged = -((-taker_ppm * filled_quote - made_ppm_atoms) // PPM)
        taker_fee += charged
        maker_fee = settle_maker(market, maker, lots, notional)
        fees += maker_fee
        trade_id += 1
        maker_id = maker.terms[1]
        events.append(
            (
                TRADE,
                name,
                trade_id,
                maker_id,
                taker_id,
                maker_trader.account,
                account,
                side,
                price_ticks,
                lots,
                notional,
                maker_fee,
                taker_fee,
                remaining,
            )
        )
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
    market.quote.total_atoms -= fees + charged
    if trade_id != market.last_trade_id:
        market.traded(price_ticks, trade_id)
    return wanted_lots


def settle_maker(market: Market, maker: Order, lots: int, notional: int) -> int:
    """Pay and receive one fill of a resting order, whose remaining lots are already those after it; free
    what it no longer needs to hold. Returns its fee."""
    terms, trader = maker.terms, maker.trader
    maker_ppm, taker_ppm = terms[13], terms[14]
    filled_quote, made_quote = maker.filled_quote_atoms, maker.made_quote_atoms
    accumulated = maker_ppm * made_quote + taker_ppm * (filled_quote - made_quote)
    fee: int = -accumulated // PPM
    accumulated += maker_ppm * notional
    fee -= -accumulated // PPM
    maker.filled_quote_atoms = filled_quote + notional
    maker.made_quote_atoms = made_quote + notional
    atoms = lots * market.base_atoms_per_lot
    if terms[5]:
        maker.hold_atoms -= atoms
        trader.base.locked_atoms -= atoms
        trader.quote.free_atoms += notional - fee
        return fee
    hold = 0
    if maker.remaining_lots:
        rest = maker.remaining_lots * terms[9] * market.quote_atoms_per_tick_lot
        hold = buy_hold_atoms(rest, accumulated, maker_ppm, taker_ppm)
    released = maker.hold_atoms - hold
    maker.hold_atoms = hold
    balance = trader.quote
    balance.locked_atoms -= released
    balance.free_atoms += released - notional - fee
    trader.base.free_atoms += atoms
    return fee


def cross(market: Market, taker: Order, half: Half, limit_key: int, events: list[Event]) -> int:
    """Trade while the best level of `half` is at `limit_key` or better. Returns why it stopped."""
    while taker.remaining_lots:
        level = half.best()
        if level is None or level.key < limit_key:
            return BOOK_EXHAUSTED
        if not market.breaker_low <= level.price_ticks <= market.breaker_high:
            return BREAKER_EDGE
        if cross_level(market, taker, level, taker.remaining_lots, events) == STOPPED:
            return SELF_TRADE
    return FILLED


def cross_within_budget(market: Market, taker: Order, half: Half, limit_key: int, events: list[Event]) -> int:
    """The same until the budget affords no step at the best price, too.

    A buyer's budget includes the fee, a seller's is his gross proceeds. What self-trade prevention takes
    off the order it takes off the budget too, at the price where it happened.
    """
    fee_ppm = taker.terms[14] if taker.terms[5] == BUY else 0
    budget_atoms, step_lots = taker.terms[11], market.quantity_step_lots
    prevented_atoms, wanted = 0, 1
    while taker.remaining_lots:
        level = half.best()
        if level is None:
            return BOOK_EXHAUSTED if wanted else BUDGET_SPENT
        lot_notional = level.price_ticks * market.quote_atoms_per_tick_lot
        spent_atoms = taker.filled_quote_atoms + charged_atoms(fee_ppm * taker.filled_quote_atoms)
        left = budget_atoms - spent_atoms - prevented_atoms
        wanted = min(affordable_lots(left, lot_notional, fee_ppm, step_lots), taker.remaining_lots)
        if not wanted:
            return BUDGET_SPENT
        if level.key < limit_key:
            return BOOK_EXHAUSTED
        if not market.breaker_low <= level.price_ticks <= market.breaker_high:
            return BREAKER_EDGE
        prevented_before = taker.prevented_lots
        wanted = cross_level(market, taker, level, wanted, events)
        if wanted == STOPPED:
            return SELF_TRADE
        prevented = (taker.prevented_lots - prevented_before) * lot_notional
        prevented_atoms += prevented + charged_atoms(fee_ppm * prevented)
    return FILLED


def settle_taker(market: Market, taker: Order, settled_quote: int, settled_lots: int) -> None:
    """Pay and receive what the taker traded beyond what was settled before, once for all its trades."""
    terms, made_quote = taker.terms, taker.made_quote_atoms
    fees = [
        charged_atoms(accumulated_ppm_atoms(quote, quote - made_quote, terms[13], terms[14]))
        for quote in (settled_quote, taker.filled_quote_atoms)
    ]
    fee, quote_atoms = fees[1] - fees[0], taker.filled_quote_atoms - settled_quote
    base_atoms = (filled_lots(taker) - settled_lots) * market.base_atoms_per_lot
    trader = taker.trader
    if terms[5] == BUY:
        trader.quote.free_atoms -= quote_atoms + fee
        trader.base.free_atoms += base_atoms
    else:
        trader.base.free_atoms -= base_atoms
        trader.quote.free_atoms += quote_atoms - fee
