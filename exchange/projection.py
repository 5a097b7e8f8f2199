"""Folds the events of a batch into the rows that the batch changes. Pure: no database, no engine.

Orders that the batch made are inserted in their final state, older ones are moved by differences, so
that a row never has to be read first. What each account gained or lost is summed per asset: the ledger
posts that net amount against the shard's clearing account.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from exchange.engine.commands import Command, Deposit, PlaceOrder, Withdraw
from exchange.engine.events import Event, EventKind
from exchange.engine.order_state import OrderEvent, after
from exchange.engine.types import SHARD_SLOTS, CloseReason, OrderStatus, Side
from exchange.rules import TRADE_ID_BITS


class MarketFacts(NamedTuple):
    """What folding needs to know of a market."""

    market_id: int
    base_asset: str
    quote_asset: str
    base_atoms_per_lot: int


class Applied(NamedTuple):
    """One command that the engine has taken, with what it was and what came of it."""

    sequence: int
    command_id: UUID
    command: Command
    command_bytes: bytes
    events: Sequence[Event]
    events_bytes: bytes


class TransferEnd(NamedTuple):
    """A wallet transfer that the engine has posted (`reject_reason` 0) or refused."""

    pending_id: int
    reject_reason: int


class OrderChange:
    """A row of the orders table: whole for an order of this batch, differences for an older one."""

    __slots__ = (
        "close_reason",
        "fee_atoms",
        "filled_lots",
        "filled_quote_atoms",
        "order_id",
        "placement",
        "prevented_lots",
        "remaining_lots",
        "status",
        "taker_quote_atoms",
    )

    def __init__(self, order_id: int, placement: tuple[Any, ...] | None) -> None:
        self.order_id = order_id
        self.placement = placement
        self.status: int | None = None if placement is None else int(OrderStatus.NEW)
        self.close_reason = 0
        self.filled_lots = 0
        self.prevented_lots = 0
        self.filled_quote_atoms = 0
        self.taker_quote_atoms = 0
        self.fee_atoms = 0
        # Of a closed order: what is neither this nor filled was prevented.
        self.remaining_lots: int | None = None

    def fill(self, lots: int, notional: int, fee: int, event: OrderEvent) -> None:
        self.filled_lots += lots
        self.filled_quote_atoms += notional
        self.fee_atoms += fee
        self.status = int(after(OrderStatus(self.status or OrderStatus.NEW), event))


class BatchRows:
    """Everything a batch changes, as tuples in the order of `journal`'s statements; what is the same in
    all rows of a batch (shard, epoch, time) is not repeated here."""

    def __init__(self) -> None:
        self.journal: list[tuple[Any, ...]] = []
        self.new_orders: list[tuple[Any, ...]] = []
        self.changed_orders: list[tuple[Any, ...]] = []
        self.trades: list[tuple[Any, ...]] = []
        self.deltas: dict[tuple[int, str], int] = defaultdict(int)
        self.fees: dict[str, int] = defaultdict(int)
        self.touched: set[tuple[int, str]] = set()
        self.books: set[str] = set()
        self.transfer_ends: list[TransferEnd] = []
        self.created_markets: list[str] = []


class _Fold:
    def __init__(self, shard: int, timestamp_ns: int, markets: Mapping[str, MarketFacts]) -> None:
        self.shard = shard
        self.timestamp_ns = timestamp_ns
        self.markets = markets
        self.rows = BatchRows()
        self.orders: dict[int, OrderChange] = {}

    def change(self, order_id: int) -> OrderChange:
        found = self.orders.get(order_id)
        if found is None:
            found = self.orders[order_id] = OrderChange(order_id, None)
        return found

    def accepted(self, event: Event) -> None:
        _, order_id, account, market, *content = event  # client order id, side, ...
        facts = self.markets[market]
        placement = (account, facts.market_id, *content)
        self.orders[order_id] = OrderChange(order_id, placement)
        # An order locks what it gives; what it gets changes with its trades.
        self.rows.touched.add((account, facts.quote_asset if content[1] == Side.BUY else facts.base_asset))
        self.rows.books.add(market)

    def trade(self, event: Event, sequence: int) -> None:
        (_, market, trade_id, maker_id, taker_id, maker_account, taker_account, taker_side,
         price, lots, notional, maker_fee, taker_fee, maker_remaining) = event  # fmt: skip
        facts = self.markets[market]
        rows = self.rows
        rows.trades.append(
            (facts.market_id << TRADE_ID_BITS | trade_id, facts.market_id, trade_id, sequence,
             self.timestamp_ns, maker_id, taker_id, maker_account, taker_account, taker_side,
             price, lots, notional, maker_fee, taker_fee)
        )  # fmt: skip
        maker = self.change(maker_id)
        maker.fill(
            lots, notional, maker_fee, OrderEvent.FILL_PART if maker_remaining else OrderEvent.FILL_REST
        )
        if not maker_remaining:
            maker.close_reason = CloseReason.FILLED
        taker = self.change(taker_id)
        taker.fill(lots, notional, taker_fee, OrderEvent.FILL_PART)
        taker.taker_quote_atoms += notional
        rows.books.add(market)
        rows.fees[facts.quote_asset] += maker_fee + taker_fee
        buyer, seller = (
            (taker_account, maker_account) if taker_side == Side.BUY else (maker_account, taker_account)
        )
        buyer_fee, seller_fee = (taker_fee, maker_fee) if taker_side == Side.BUY else (maker_fee, taker_fee)
        base_atoms = lots * facts.base_atoms_per_lot
        for account, asset, amount in (
            (buyer, facts.base_asset, base_atoms),
            (seller, facts.base_asset, -base_atoms),
            (buyer, facts.quote_asset, -notional - buyer_fee),
            (seller, facts.quote_asset, notional - seller_fee),
        ):
            rows.deltas[account, asset] += amount
            rows.touched.add((account, asset))

    def reduced(self, event: Event) -> None:
        _, market, order_id, account, side, _, prevented, _ = event
        self.change(order_id).prevented_lots += prevented
        self._released(market, account, side)

    def closed(self, event: Event) -> None:
        _, market, order_id, account, _, side, _, status, reason, filled, remaining = event
        order = self.change(order_id)
        order.status = status
        order.close_reason = reason
        order.remaining_lots = remaining
        quantity_lots = order.placement[8] if order.placement is not None else 0
        if quantity_lots:
            order.prevented_lots = quantity_lots - filled - remaining
        self._released(market, account, side)

    def _released(self, market: str, account: int, side: int) -> None:
        facts = self.markets[market]
        self.rows.touched.add((account, facts.base_asset if side == Side.SELL else facts.quote_asset))
        self.rows.books.add(market)

    def moved(self, event: Event) -> None:
        _, account, asset, _, pending_id = event
        self.rows.touched.add((account, asset))
        self.rows.transfer_ends.append(TransferEnd(pending_id, 0))

    def refused(self, entry: Applied) -> None:
        command = entry.command
        reason = entry.events[0][4]
        if isinstance(command, Deposit | Withdraw):
            self.rows.transfer_ends.append(TransferEnd(command.transfer_id, reason))
        if isinstance(command, PlaceOrder) and command.market in self.markets:
            self.rows.new_orders.append(self._refused_order(command, entry.sequence, reason))

    def _refused_order(self, command: PlaceOrder, sequence: int, reason: int) -> tuple[Any, ...]:
        """The row that tells a client who lost the answer that the order was refused, and why."""
        market_id = self.markets[command.market].market_id
        return (
            sequence * SHARD_SLOTS + self.shard, command.account, market_id, command.client_order_id,
            command.side, command.order_type, command.time_in_force, command.post_only,
            command.price_ticks, command.quantity_lots, command.budget_atoms,
            command.self_trade_prevention, 0, 0, int(OrderStatus.REJECTED), 0, reason,
            0, 0, 0, 0, 0, command.trigger_price_ticks, command.expires_ns,
        )  # fmt: skip

    def entry(self, entry: Applied) -> None:
        self.rows.journal.append((entry.sequence, entry.command_id, entry.command_bytes, entry.events_bytes))
        for event in entry.events:
            kind = event[0]
            if kind == EventKind.TRADE:
                self.trade(event, entry.sequence)
            elif kind == EventKind.ORDER_ACCEPTED:
                self.accepted(event)
            elif kind == EventKind.ORDER_CLOSED:
                self.closed(event)
            elif kind == EventKind.ORDER_REDUCED:
                self.reduced(event)
            elif kind == EventKind.REJECTED:
                self.refused(entry)
            elif kind in (EventKind.DEPOSITED, EventKind.WITHDRAWN):
                self.moved(event)
            elif kind == EventKind.MARKET_CREATED:
                self.rows.created_markets.append(event[1])
                self.rows.books.add(event[1])  # empty, but known to be

    def finish(self) -> BatchRows:
        for order in self.orders.values():
            if order.placement is None:
                self.rows.changed_orders.append(
                    (order.order_id, order.status, order.close_reason, order.filled_lots,
                     order.prevented_lots, order.filled_quote_atoms, order.taker_quote_atoms, order.fee_atoms,
                     order.remaining_lots)
                )  # fmt: skip
            else:
                *placement, trigger_price_ticks, expires_ns = order.placement
                later = (trigger_price_ticks, expires_ns)
                self.rows.new_orders.append(
                    (order.order_id, *placement, order.status, order.close_reason, 0,
                     order.filled_lots, order.prevented_lots, order.filled_quote_atoms,
                     order.taker_quote_atoms, order.fee_atoms, *later)
                )  # fmt: skip
        return self.rows


def fold(
    *,
    shard: int,
    timestamp_ns: int,
    markets: Mapping[str, MarketFacts],
    entries: Sequence[Applied],
) -> BatchRows:
    """The rows that a batch changes. `markets` are those that stood before it, and those it creates."""
    folding = _Fold(shard, timestamp_ns, markets)
    for entry in entries:
        folding.entry(entry)
    return folding.finish()
