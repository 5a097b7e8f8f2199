"""The hot loop: a batch of commands, one list of events for each.

One long function on purpose (the exemption of the style test). Almost all commands are of two kinds,
a plain order and a cancel by order id, and a Python call costs as much as the work itself; so both are
written out here over plain tuples with everything in locals. A placement runs through four parts:

1. is it plain (no budget, not FOK, nothing late or repeated) and beyond doubt (funds, steps, limits)?
2. its trades with the orders of others, each maker settled at once, the taker's sums kept in locals;
3. the taker settled once for all its trades, and closed unless something of it is to rest;
4. what remains, alone, locked and put last in the queue of its price.

Nothing is decided here that is not decided elsewhere: an order that fails the first part goes to
`placing.place_order`, one that meets an order of its own or the edge of the market's calm range goes on in
`taking.take`, and a cancel that finds nothing goes to `canceling.cancel_order`. These are the whole truth;
tests hold the short cuts to them, and both to a naive book. Markets that are not open, and cancels while
any market is halted, know no short cut.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from typing import Any, Final

from exchange.engine.amending import amend_order
from exchange.engine.book import Level, Order, Trader
from exchange.engine.canceling import cancel_all, cancel_order
from exchange.engine.commands import CommandKind
from exchange.engine.crossing import ANY_KEY, BOOK_EXHAUSTED, FILLED, TRADE, settle_maker
from exchange.engine.events import Event
from exchange.engine.funds import deposit, withdraw
from exchange.engine.listing import change_market, create_market
from exchange.engine.parameters import set_account_tier, set_fee_tier, set_reference_price
from exchange.engine.placing import place_order
from exchange.engine.rejection import rejected
from exchange.engine.state import EngineState
from exchange.engine.status import set_market_status
from exchange.engine.taking import CLOSINGS, take
from exchange.engine.timing import set_switch, tick
from exchange.engine.triggering import conclude
from exchange.engine.types import (
    BUY,
    INT64_MAX,
    IOC,
    LIMIT,
    MARKET,
    OPEN,
    PPM,
    SELL,
    SHARD_SLOTS,
    RejectReason,
)

Handler = Callable[[EngineState, Sequence[Any]], list[Event]]


def malformed(state: EngineState, command: Sequence[Any]) -> list[Event]:
    return rejected(0, "", "", RejectReason.MALFORMED_COMMAND)


HANDLERS: dict[int, Handler] = {
    CommandKind.MALFORMED: malformed,
    CommandKind.PLACE_ORDER: place_order,
    CommandKind.CANCEL_ORDER: cancel_order,
    CommandKind.CANCEL_ALL: cancel_all,
    CommandKind.DEPOSIT: deposit,
    CommandKind.WITHDRAW: withdraw,
    CommandKind.CREATE_MARKET: create_market,
    CommandKind.AMEND_ORDER: amend_order,
    CommandKind.SET_SWITCH: set_switch,
    CommandKind.TICK: tick,
    CommandKind.CHANGE_MARKET: change_market,
    CommandKind.SET_MARKET_STATUS: set_market_status,
    CommandKind.SET_REFERENCE_PRICE: set_reference_price,
    CommandKind.SET_FEE_TIER: set_fee_tier,
    CommandKind.SET_ACCOUNT_TIER: set_account_tier,
}
# Of `CommandKind`, `EventKind`, `OrderStatus` and `CloseReason`, written out as in `types`.
PLACE_ORDER: Final = 1
CANCEL_ORDER: Final = 2
ORDER_ACCEPTED: Final = 1
ORDER_CLOSED: Final = 4
CANCELED: Final = 3
BY_USER: Final = 2
FILLED_IN_FULL, FILLED_IN_PART = CLOSINGS[FILLED, True], CLOSINGS[BOOK_EXHAUSTED, True]
NOT_FILLED = CLOSINGS[BOOK_EXHAUSTED, False]
ROUND_UP: Final = 999_999

# The layouts of the two commands, for a compiler: it then unpacks them without asking what they are. It
# keeps an int as a bare number, and makes an object of it each time that it goes into a tuple or a dict. So
# what goes there, and is no small number, is `Any`: the object that came is used as it is.
_Place = tuple[int, int, Any, str, int, int, int, object, Any, Any, int, int, str, int, int]
_Cancel = tuple[int, int, Any, Any, str]


def apply_one_by_one(
    state: EngineState, commands: Sequence[Sequence[Any]], timestamp_ns: int
) -> list[list[Event]]:
    """The same as `apply_batch` without its short cuts: what a test compares it with."""
    results: list[list[Event]] = []
    state.timestamp_ns = max(state.timestamp_ns, timestamp_ns)
    for command in commands:
        state.forget_client_orders()
        state.sequence += 1
        results.append(HANDLERS.get(command[0], malformed)(state, command))
    return results


def apply_batch(
    state: EngineState, commands: Sequence[tuple[Any, ...]], timestamp_ns: int
) -> list[list[Event]]:
    """Apply the commands in their order at one engine time. The result has one list for each command."""
    results: list[list[Event]] = []
    state.timestamp_ns = max(state.timestamp_ns, timestamp_ns)
    state.forget_client_orders()
    now_ns = state.timestamp_ns
    markets, client_orders = state.markets, state.client_orders
    no_orders, nobody = dict[int, Order](), dict[int, Trader]()
    nothing = dict[int, dict[int, Order]]()
    orders_of = nothing if state.halted_markets else state.orders
    sequence, shard = state.sequence, state.shard
    client_order_queue = state.client_order_queue
    market_name = None
    crosses: bool
    order_id: Any
    key: Any
    for command in commands:
        sequence += 1
        kind: int = command[0]
        if kind == PLACE_ORDER:
            place: _Place = command
            (
                _,
                deadline_ns,
                account,
                name,
                side,
                order_type,
                time_in_force,
                post_only,
                price,
                quantity,
                budget_atoms,
                self_trade_prevention,
                client_order_id,
                trigger_price_ticks,
                expires_ns,
            ) = place
            price_ticks: int = price
            quantity_lots: int = quantity
            if name != market_name:
                market_name, traders = name, nobody
                if name in markets:
                    market = markets[name]
                    market_name = market.name
                    traders = market.traders if market.status == OPEN else nobody
                    bids, asks = market.bids, market.asks
                    bid_keys, ask_keys = bids.keys, asks.keys
                    base_atoms_per_lot = market.base_atoms_per_lot
                    quote_atoms_per_tick_lot = market.quote_atoms_per_tick_lot
                    price_step_ticks, quantity_step_lots = market.price_step_ticks, market.quantity_step_lots
                    no_steps = price_step_ticks == quantity_step_lots == 1
                    # Within these bounds a notional with its fee and a quantity in atoms fit 64 bits, and
                    # a notional of nothing (a price of 0, or no trade yet) is not beyond doubt.
                    least_notional = max(market.min_notional_atoms, 1)
                    most_notional = min(market.max_notional_atoms, 2**61)
                    max_lots = INT64_MAX // base_atoms_per_lot
                    max_open_orders = market.max_open_orders
                    has_band, band_low, band_high = market.band_ppm > 0, market.band_low, market.band_high
                    calm_keys = market.calm_keys
                    band_moves = market.band_ppm and not market.reference_price_ticks
            trader = traders.get(account)
            if (
                trader is not None
                and (deadline_ns >= now_ns or not deadline_ns)
                and not budget_atoms
                and not trigger_price_ticks
                and not expires_ns
                and 0 < quantity_lots <= max_lots
                and 0 <= time_in_force <= 1
                and 0 <= self_trade_prevention <= 3
                and (no_steps or price_ticks % price_step_ticks == quantity_lots % quantity_step_lots == 0)
                and (not client_order_id or (account, client_order_id) not in client_orders)
            ):
                free_atoms = -1  # stays so while the order is not beyond doubt
                crosses = is_cut = False
                if order_type == LIMIT:
                    notional = price_ticks * quantity_lots * quote_atoms_per_tick_lot
                    if trader.open_orders >= max_open_orders or (
                        has_band and not band_low <= price_ticks <= band_high
                    ):
                        pass
                    elif side == BUY:
                        half, key, other_keys, limit_key = bids, price, ask_keys, -price_ticks
                        if ask_keys:
                            crosses = ask_keys[-1] >= limit_key
                        balance = trader.quote
                        hold = (trader.hold_ppm * notional + trader.hold_rounding) // PPM
                        free_atoms = balance.free_atoms - hold
                    elif side == SELL:
                        half, key, other_keys, limit_key = asks, -price_ticks, bid_keys, price_ticks
                        if bid_keys:
                            crosses = bid_keys[-1] >= limit_key
                        balance = trader.base
                        hold = quantity_lots * base_atoms_per_lot
                        free_atoms = balance.free_atoms - hold
                    if post_only is not False:
                        post_only = bool(post_only)
                        if post_only and free_atoms >= 0 and (crosses or time_in_force == IOC):
                            free_atoms = -1
                elif order_type == MARKET and not price_ticks and post_only is False:
                    notional = market.last_price_ticks * quantity_lots * quote_atoms_per_tick_lot
                    if side == SELL:
                        crosses, limit_key, other_keys = True, ANY_KEY, bid_keys
                        free_atoms = trader.base.free_atoms - quantity_lots * base_atoms_per_lot
                    elif side == BUY:
                        # Certainly enough: the whole quantity at the worst price of the book.
                        crosses, limit_key, other_keys = True, ANY_KEY, ask_keys
                        worst_notional = (
                            -ask_keys[0] * quantity_lots * quote_atoms_per_tick_lot if ask_keys else 0
                        )
                        free_atoms = trader.quote.free_atoms - 2 * worst_notional
                if crosses and other_keys:
                    # Its trades lie between the best price and its limit. Where the best is not calm the
                    # order is not plain; what it may want beyond the calm range is for `take`.
                    near_key, far_key = calm_keys[side]
                    if other_keys[-1] > near_key:
                        free_atoms = -1
                    elif limit_key < far_key:
                        limit_key, is_cut = far_key, True
                if free_atoms >= 0 and least_notional <= notional <= most_notional:
                    # From here on the order must succeed.
                    order_id = sequence * SHARD_SLOTS + shard
                    found = half.levels.get(key) if order_type == LIMIT else None
                    if found is not None:
                        price = found.price_ticks
                    accepted = (
                        ORDER_ACCEPTED,
                        order_id,
                        trader.account,
                        market_name,
                        client_order_id,
                        side,
                        order_type,
                        time_in_force,
                        post_only,
                        price,
                        quantity,
                        0,
                        self_trade_prevention,
                        trader.maker_ppm,
                        trader.taker_ppm,
                        0,
                        0,
                    )
                    events: list[Event] = [accepted]
                    results.append(events)
                    if client_order_id:  # as `EngineState.remember_client_order`
                        client_orders[(account, client_order_id)] = accepted
                        client_order_queue.append((now_ns, accepted))
                    wanted_lots = quantity_lots
                    filled_quote = 0
                    if crosses or time_in_force == IOC:
                        other = asks if side == BUY else bids
                        fees = charged = 0
                        taker_ppm = trader.taker_ppm
                        trade_id = market.last_trade_id
                        maker: Order | None = None
                        while wanted_lots:
                            if maker is None:
                                if not other_keys or other_keys[-1] < limit_key:
                                    break
                                level = other.levels[other_keys[-1]]
                                maker = level.head
                                if maker is None:
                                    del other.levels[other_keys.pop()]
                                    other.dead -= 1
                                    continue
                                trade_price = level.price_ticks
                                level_ticks: int = trade_price
                                lot_notional = level_ticks * quote_atoms_per_tick_lot
                            maker_trader = maker.trader
                            if maker_trader is trader:
                                break
                            lots, terms = maker.remaining_lots, maker.terms
                            if lots > wanted_lots:
                                maker.remaining_lots = remaining = lots - wanted_lots
                                lots, wanted_lots = wanted_lots, 0
                                level.lots -= lots
                                notional = lots * lot_notional
                                maker_fee = settle_maker(market, maker, lots, notional)
                            else:
                                remaining = 0
                                wanted_lots -= lots
                                notional = lots * lot_notional
                                maker_ppm: int = terms[13]
                                charge = maker_ppm * notional + ROUND_UP
                                filled = maker.filled_quote_atoms
                                if filled:
                                    made = maker.made_quote_atoms
                                    before = maker_ppm * made + terms[14] * (filled - made)
                                    maker_fee = (charge + before) // PPM - (before + ROUND_UP) // PPM
                                else:
                                    maker_fee = charge // PPM
                                maker_hold = maker.hold_atoms
                                if side == BUY:
                                    maker_trader.base.locked_atoms -= maker_hold
                                    maker_trader.quote.free_atoms += notional - maker_fee
                                else:
                                    receiver = maker_trader.quote
                                    receiver.locked_atoms -= maker_hold
                                    receiver.free_atoms += maker_hold - notional - maker_fee
                                    maker_trader.base.free_atoms += lots * base_atoms_per_lot
                                del maker_trader.orders[terms[1]]
                                maker_trader.open_orders -= 1
                                following = maker.next
                                if following is None:
                                    del other.levels[other_keys.pop()]
                                else:
                                    following.prev = None
                                    level.head = following
                                    level.lots -= lots
                                maker = following
                            fees += maker_fee
                            filled_quote += notional
                            taker_fee = -charged
                            charged = (taker_ppm * filled_quote + ROUND_UP) // PPM
                            taker_fee += charged
                            trade_id += 1
                            events.append(
                                (
                                    TRADE,
                                    market_name,
                                    trade_id,
                                    terms[1],
                                    order_id,
                                    terms[2],
                                    account,
                                    side,
                                    trade_price,
                                    lots,
                                    notional,
                                    maker_fee,
                                    taker_fee,
                                    remaining,
                                )
                            )
                        if filled_quote:
                            market.last_trade_id = trade_id
                            market.last_price_ticks = events[-1][8]
                            market.quote.total_atoms -= fees + charged
                        if wanted_lots and (maker is not None or is_cut):
                            # An order of its own, or the edge of what is calm: the rest is rare.
                            taker = Order(accepted, trader, wanted_lots)
                            taker.filled_quote_atoms = filled_quote
                            take(market, trader, taker, events)
                            conclude(state, market, events)
                            market_name = None
                            continue
                        if filled_quote:
                            if band_moves:
                                market.move_band()
                                band_low, band_high = market.band_low, market.band_high
                                calm_keys = market.calm_keys
                            traded_atoms = (quantity_lots - wanted_lots) * base_atoms_per_lot
                            if side == BUY:
                                trader.quote.free_atoms -= filled_quote + charged
                                trader.base.free_atoms += traded_atoms
                            else:
                                trader.base.free_atoms -= traded_atoms
                                trader.quote.free_atoms += filled_quote - charged
                        if not wanted_lots or order_type == MARKET or time_in_force == IOC:
                            if not wanted_lots:
                                status, reason = FILLED_IN_FULL
                            elif filled_quote:
                                status, reason = FILLED_IN_PART
                            else:
                                status, reason = NOT_FILLED
                            events.append(
                                (
                                    ORDER_CLOSED,
                                    name,
                                    order_id,
                                    account,
                                    client_order_id,
                                    side,
                                    price,
                                    status,
                                    reason,
                                    quantity_lots - wanted_lots,
                                    wanted_lots,
                                )
                            )
                            continue
                        if not filled_quote:
                            pass
                        elif side == BUY:
                            notional = price_ticks * wanted_lots * quote_atoms_per_tick_lot
                            hold = (
                                taker_ppm * filled_quote + trader.hold_ppm * notional + trader.hold_rounding
                            )
                            hold = hold // PPM - charged
                        else:
                            hold = wanted_lots * base_atoms_per_lot
                        free_atoms = balance.free_atoms - hold
                    order = Order(accepted, trader, wanted_lots, filled_quote, hold)
                    balance.free_atoms = free_atoms
                    balance.locked_atoms += hold
                    if found is not None:
                        order.level = level = found
                        order.prev = tail = level.tail
                        level.tail = order
                        level.lots += wanted_lots
                        if tail is None:
                            level.head = order
                            half.dead -= 1
                        else:
                            tail.next = order
                    else:
                        order.level = level = half.levels[key] = Level(half, key, price)
                        insort(half.keys, key)
                        level.head = level.tail = order
                        level.lots = wanted_lots
                    trader.orders[order_id] = order
                    trader.open_orders += 1
                    continue
        elif kind == CANCEL_ORDER:
            cancel: _Cancel = command
            _, deadline_ns, account, order_id, _ = cancel
            in_time = deadline_ns >= now_ns or not deadline_ns
            canceled = orders_of.get(account, no_orders).pop(order_id, None) if in_time else None
            if canceled is not None:
                trader = canceled.trader
                trader.open_orders -= 1
                level_of, before, behind = canceled.level, canceled.prev, canceled.next
                assert level_of is not None
                terms = canceled.terms
                side = terms[5]
                placed_lots: int = terms[10]
                remaining_lots, hold = canceled.remaining_lots, canceled.hold_atoms
                balance = trader.base if side else trader.quote
                balance.locked_atoms -= hold
                balance.free_atoms += hold
                level_of.lots -= remaining_lots
                if before is not None:
                    before.next = behind
                    if behind is None:
                        level_of.tail = before
                    else:
                        behind.prev = before
                else:
                    level_of.head = behind
                    if behind is not None:
                        behind.prev = None
                    else:
                        level_of.tail = None
                        half = level_of.half
                        half.dead += 1
                        if half.dead > 32:
                            half.prune()
                results.append(
                    [
                        (
                            ORDER_CLOSED,
                            terms[3],
                            order_id,
                            account,
                            terms[4],
                            side,
                            terms[9],
                            CANCELED,
                            BY_USER,
                            placed_lots - remaining_lots - canceled.prevented_lots,
                            remaining_lots,
                        )
                    ]
                )
                continue
        state.sequence = sequence
        results.append(HANDLERS.get(kind, malformed)(state, command))
        market_name = None  # what is known of the market may have changed
        orders_of = nothing if state.halted_markets else state.orders
    state.sequence = sequence
    return results
