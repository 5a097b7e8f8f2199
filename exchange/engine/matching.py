"""The hot loop: a batch of commands, one list of events for each.

One long function on purpose (the exemption of the style test). Almost all commands are of two kinds,
a plain limit order and a cancel by order id, and a Python call costs as much as the work itself; so both
are written out here over plain tuples with everything in locals. Nothing is decided here that is not decided
elsewhere: an order that is not plain or not beyond doubt goes to `placing.place_order`, a cancel that
finds nothing to `canceling.cancel_order`, and these are the whole truth. Tests hold the short cuts to
them, and both to a naive book.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from typing import Any

from exchange.engine.book import Level, Order
from exchange.engine.canceling import cancel_all, cancel_order
from exchange.engine.commands import CommandKind
from exchange.engine.events import Event, EventKind
from exchange.engine.funds import deposit, withdraw
from exchange.engine.listing import create_market
from exchange.engine.placing import place_order, rejected, take
from exchange.engine.state import EngineState
from exchange.engine.types import (
    BUY,
    INT64_MAX,
    IOC,
    LIMIT,
    MARKET,
    PPM,
    SHARD_SLOTS,
    CloseReason,
    OrderStatus,
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
}
PLACE_ORDER = int(CommandKind.PLACE_ORDER)
CANCEL_ORDER = int(CommandKind.CANCEL_ORDER)
ORDER_ACCEPTED = int(EventKind.ORDER_ACCEPTED)
ORDER_CLOSED = int(EventKind.ORDER_CLOSED)
CANCELED = int(OrderStatus.CANCELED)
BY_USER = int(CloseReason.USER)


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
    state: EngineState, commands: Sequence[Sequence[Any]], timestamp_ns: int
) -> list[list[Event]]:
    """Apply the commands in their order at one engine time. The result has one list for each command."""
    results: list[list[Event]] = []
    state.timestamp_ns = max(state.timestamp_ns, timestamp_ns)
    state.forget_client_orders()
    markets, orders_of, client_orders = state.markets, state.orders, state.client_orders
    new_order, no_orders = object.__new__, dict[int, Order]()
    next_id = state.sequence * SHARD_SLOTS + state.shard
    now_ns = state.timestamp_ns
    market_name = None
    for command in commands:
        next_id += SHARD_SLOTS
        kind = command[0]
        if kind == PLACE_ORDER:
            (
                _,
                deadline_ns,
                account,
                name,
                side,
                order_type,
                time_in_force,
                post_only,
                price_ticks,
                quantity_lots,
                budget_atoms,
                self_trade_prevention,
                client_order_id,
            ) = command
            if name != market_name and name in markets:
                market = markets[name]
                market_name = market.name
                traders = market.traders
                bids, asks = market.bids, market.asks
                bid_keys, ask_keys = bids.keys, asks.keys
                base_atoms_per_lot = market.base_atoms_per_lot
                quote_atoms_per_tick_lot = market.quote_atoms_per_tick_lot
                price_step_ticks, quantity_step_lots = market.price_step_ticks, market.quantity_step_lots
                no_steps = price_step_ticks == quantity_step_lots == 1
                # Within these bounds a notional with its fee and a quantity in atoms fit 64 bits.
                min_notional, max_notional = market.min_notional_atoms, min(market.max_notional_atoms, 2**61)
                max_lots = INT64_MAX // base_atoms_per_lot
                max_open_orders = market.max_open_orders
                maker_ppm, taker_ppm = market.maker_fee_ppm, market.taker_fee_ppm
                minus_worst_ppm = -max(maker_ppm, taker_ppm)
                spare_atom = 1 if minus_worst_ppm < 0 else 0
            if (
                not (post_only or budget_atoms)
                and (deadline_ns >= now_ns or not deadline_ns)
                and name == market_name
                and account in traders
                and 0 < quantity_lots <= max_lots
                and side in (0, 1)
                and time_in_force in (0, 1)
                and self_trade_prevention in (0, 1, 2, 3)
                and (no_steps or price_ticks % price_step_ticks == quantity_lots % quantity_step_lots == 0)
                and (not client_order_id or (account, client_order_id) not in client_orders)
            ):
                trader = traders[account]
                certain, crosses = True, time_in_force == IOC
                if order_type == LIMIT and price_ticks > 0:
                    notional = price_ticks * quantity_lots * quote_atoms_per_tick_lot
                    if side == BUY:
                        half, key, balance = bids, price_ticks, trader.quote
                        hold = notional + spare_atom - minus_worst_ppm * notional // PPM
                        if ask_keys and ask_keys[-1] >= -price_ticks:
                            crosses = True
                    else:
                        half, key, balance = asks, -price_ticks, trader.base
                        hold = quantity_lots * base_atoms_per_lot
                        if bid_keys and bid_keys[-1] >= price_ticks:
                            crosses = True
                    certain = trader.open_orders < max_open_orders
                elif order_type == MARKET and not price_ticks:
                    notional = market.last_price_ticks * quantity_lots * quote_atoms_per_tick_lot
                    crosses = True
                    if side == BUY:
                        # Certainly enough: the whole quantity at the worst price of the book.
                        balance = trader.quote
                        worst_price = -ask_keys[0] if ask_keys else 0
                        hold = worst_price * quantity_lots * quote_atoms_per_tick_lot * 2
                    else:
                        balance, hold = trader.base, quantity_lots * base_atoms_per_lot
                else:
                    certain = False
                free_atoms = balance.free_atoms - hold if certain else -1
                if free_atoms >= 0 and min_notional <= notional <= max_notional:
                    # From here on the order must succeed.
                    accepted = (
                        ORDER_ACCEPTED,
                        next_id,
                        account,
                        market_name,
                        client_order_id,
                        side,
                        order_type,
                        time_in_force,
                        False,
                        price_ticks,
                        quantity_lots,
                        0,
                        self_trade_prevention,
                        maker_ppm,
                        taker_ppm,
                    )
                    if client_order_id:
                        state.remember_client_order(now_ns, accepted)
                    order = new_order(Order)
                    order.terms = accepted
                    order.trader = trader
                    order.next = None
                    order.remaining_lots = quantity_lots
                    order.prevented_lots = order.filled_quote_atoms = order.taker_quote_atoms = 0
                    if crosses:
                        order.hold_atoms = 0
                        events: list[Event] = [accepted]
                        take(market, trader, order, events)
                        results.append(events)
                        continue
                    order.hold_atoms = hold
                    balance.free_atoms = free_atoms
                    balance.locked_atoms += hold
                    levels = half.levels
                    if key in levels:
                        order.level = level = levels[key]
                        order.prev = tail = level.tail
                        level.tail = order
                        level.lots += quantity_lots
                        if tail is None:
                            level.head = order
                            half.dead -= 1
                        else:
                            tail.next = order
                    else:
                        order.level = level = levels[key] = Level(half, key, price_ticks)
                        insort(half.keys, key)
                        order.prev = None
                        level.head = level.tail = order
                        level.lots = quantity_lots
                    trader.orders[next_id] = order
                    trader.open_orders += 1
                    results.append([accepted])
                    continue
        elif kind == CANCEL_ORDER:
            _, deadline_ns, account, order_id, client_order_id = command
            in_time = deadline_ns >= now_ns or not deadline_ns
            canceled = orders_of.get(account, no_orders).pop(order_id, None) if in_time else None
            if canceled is not None:
                trader = canceled.trader
                trader.open_orders -= 1
                terms = canceled.terms
                side = terms[5]
                remaining_lots, hold = canceled.remaining_lots, canceled.hold_atoms
                balance = trader.base if side else trader.quote
                balance.locked_atoms -= hold
                balance.free_atoms += hold
                level_of, before, behind = canceled.level, canceled.prev, canceled.next
                assert level_of is not None
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
                            terms[10] - remaining_lots - canceled.prevented_lots,
                            remaining_lots,
                        )
                    ]
                )
                continue
        state.sequence = next_id // SHARD_SLOTS
        results.append(HANDLERS.get(kind, malformed)(state, command))
    state.sequence = next_id // SHARD_SLOTS
    return results
