"""Folds the events of a batch into the rows that the batch changes. Pure: no database, no engine.

Orders that the batch made are inserted in their final state, older ones are moved by differences, so
that a row never has to be read first. What each account gained or lost is summed per asset: the ledger
posts that net amount against the shard's clearing account.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exchange.batch_rows import (
    Applied,
    BatchRows,
    MarketFacts,
    OrderChange,
    Placement,
    RequestEnd,
    Terms,
    TransferEnd,
)
from exchange.engine.commands import Deposit, PlaceOrder, Withdraw
from exchange.engine.events import Event, EventKind
from exchange.engine.order_state import OrderEvent
from exchange.engine.types import (
    SHARD_SLOTS,
    CloseReason,
    MarketStatus,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from exchange.live_wire import PublicTrade
from exchange.market_terms import PARAMETERS
from exchange.rules import TRADE_ID_BITS

# As plain integers: to read a member of an enum, and to compare with it, costs several times as much.
_NEVER_RESTS = (int(TimeInForce.IOC), int(TimeInForce.FOK))
_BUY, _LIMIT, _FILLED = int(Side.BUY), int(OrderType.LIMIT), int(CloseReason.FILLED)
_FILL_PART, _FILL_REST = int(OrderEvent.FILL_PART), int(OrderEvent.FILL_REST)
_REJECTED = int(EventKind.REJECTED)


class _Fold:
    def __init__(self, shard: int, timestamp_ns: int, markets: Mapping[str, MarketFacts]) -> None:
        self.shard = shard
        self.timestamp_ns = timestamp_ns
        self.markets = markets
        self.rows = BatchRows()
        self.orders: dict[int, OrderChange] = {}
        self.sequence = self.index = 0  # the command, and which of its events

    def change(self, order_id: int) -> OrderChange:
        found = self.orders.get(order_id)
        if found is None:
            found = self.orders[order_id] = OrderChange(order_id, None)
        return found

    def accepted(self, event: Event) -> None:
        _, order_id, account, market, *content = event  # client order id, side, ...
        facts = self.markets[market]
        placement = Placement._make((account, facts.market_id, *content))
        self.orders[order_id] = OrderChange(order_id, placement)
        # An order locks what it gives; what it gets changes with its trades.
        rows = self.rows
        asset = facts.quote_asset if placement.side == _BUY else facts.base_asset
        rows.touched.add((account, asset))
        rows.account_events[account].append(event)
        rows.books.add(market)
        if placement.order_type == _LIMIT and placement.time_in_force not in _NEVER_RESTS:
            rows.levels[market].add((placement.side, placement.price_ticks))

    def trade(self, event: Event) -> None:
        (_, market, trade_id, maker_id, taker_id, maker_account, taker_account, taker_side,
         price, lots, notional, maker_fee, taker_fee, maker_remaining) = event  # fmt: skip
        facts = self.markets[market]
        rows, now = self.rows, self.timestamp_ns
        rows.trades.append(
            (facts.market_id << TRADE_ID_BITS | trade_id, facts.market_id, trade_id, self.sequence,
             now, maker_id, taker_id, maker_account, taker_account, taker_side,
             price, lots, notional, maker_fee, taker_fee)
        )  # fmt: skip
        maker = self.change(maker_id)
        maker.fill(lots, notional, maker_fee, _FILL_PART if maker_remaining else _FILL_REST)
        if not maker_remaining:
            maker.close_reason = _FILLED
        taker = self.change(taker_id)
        taker.fill(lots, notional, taker_fee, _FILL_PART)
        taker.taker_quote_atoms += notional
        rows.books.add(market)
        rows.levels[market].add((1 - taker_side, price))
        rows.public_trades[market].append(
            PublicTrade(trade_id, price, lots, notional, taker_side, now, taker_id)
        )
        rows.account_events[maker_account].append(event)
        rows.account_events[taker_account].append(event)
        rows.fees[facts.quote_asset] += maker_fee + taker_fee
        buyer, seller = (
            (taker_account, maker_account) if taker_side == _BUY else (maker_account, taker_account)
        )
        buyer_fee, seller_fee = (taker_fee, maker_fee) if taker_side == _BUY else (maker_fee, taker_fee)
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
        _, market, order_id, account, side, price, prevented, _ = event
        self.change(order_id).prevented_lots += prevented
        self._held(event, market, account, side, price)

    def closed(self, event: Event) -> None:
        _, market, order_id, account, _, side, price, status, reason, filled, remaining = event
        order = self.change(order_id)
        order.status = status
        order.close_reason = reason
        order.remaining_lots = remaining
        if order.placement is not None and order.placement.quantity_lots:
            order.prevented_lots = order.placement.quantity_lots - filled - remaining
        self._held(event, market, account, side, price)

    def triggered(self, event: Event) -> None:
        _, market, order_id, account, _, side, _ = event
        order = self.change(order_id)
        order.status = int(OrderStatus.NEW)
        order.triggered_ns = self.timestamp_ns
        order.queued = (self.sequence, self.index)
        self.rows.triggered.append((market, account, order_id))
        self._held(event, market, account, side, 0)

    def amended(self, event: Event) -> None:
        _, market, order_id, account, _, side, before, price, trigger, quantity, _, kept_priority = event
        order = self.change(order_id)
        order.amend(Terms(price, quantity, trigger))
        if not kept_priority:
            order.queued = (self.sequence, self.index)
        self._held(event, market, account, side, price)
        if before and before != price:
            self.rows.levels[market].add((side, before))

    def _held(self, event: Event, market: str, account: int, side: int, price: int) -> None:
        """What is locked for an order, and what stands at its price, may be other than before."""
        facts, rows = self.markets[market], self.rows
        rows.touched.add((account, facts.quote_asset if side == _BUY else facts.base_asset))
        rows.account_events[account].append(event)
        rows.books.add(market)
        if price:
            rows.levels[market].add((side, price))

    def moved(self, event: Event) -> None:
        _, account, asset, _, pending_id = event
        self.rows.touched.add((account, asset))
        self.rows.account_events[account].append(event)
        self.rows.transfer_ends.append(TransferEnd(pending_id, 0))

    def switch(self, event: Event) -> None:
        account, market = event[1:3]
        self.rows.switches[account, market] = event[3] if event[0] == EventKind.SWITCH_SET else 0
        self.rows.account_events[account].append(event)

    def account_tier(self, event: Event) -> None:
        _, account, tier = event
        self.rows.account_tiers[account] = tier
        self.rows.account_events[account].append(event)

    def fee_tier(self, event: Event) -> None:
        _, market, tier, maker_fee_ppm, taker_fee_ppm = event
        self.rows.fee_tiers[self.markets[market].market_id, tier] = (maker_fee_ppm, taker_fee_ppm)

    def market_created(self, event: Event) -> None:
        self.rows.market_changes[event[1]]["status"] = MarketStatus.OPEN.name
        self.rows.books.add(event[1])  # empty, but known to be

    def market_changed(self, event: Event) -> None:
        self.rows.market_changes[event[1]].update(zip(PARAMETERS, event[2:], strict=True))

    def market_status(self, event: Event) -> None:
        _, market, status, _, resume_ns = event
        self.rows.market_changes[market].update(status=MarketStatus(status).name, resume_ns=resume_ns)

    def reference_price(self, event: Event) -> None:
        self.rows.market_changes[event[1]]["reference_price_ticks"] = event[2]

    def rebased(self, event: Event) -> None:
        _, market, price_ticks, since_ns = event
        self.rows.market_changes[market].update(breaker_price_ticks=price_ticks, breaker_since_ns=since_ns)

    def repeated(self, event: Event) -> None:
        """What the order was told before stands."""

    def refused(self, entry: Applied) -> int:
        command = entry.command
        reason: int = entry.events[0][4]
        if isinstance(command, Deposit | Withdraw):
            self.rows.transfer_ends.append(TransferEnd(command.transfer_id, reason))
        if isinstance(command, PlaceOrder) and command.market in self.markets:
            self.rows.new_orders.append(self._refused_order(command, entry.sequence, reason))
        return reason

    def _refused_order(self, command: PlaceOrder, sequence: int, reason: int) -> tuple[Any, ...]:
        """The row that tells a client who lost the answer that the order was refused, and why."""
        market_id = self.markets[command.market].market_id
        return (
            sequence * SHARD_SLOTS + self.shard, command.account, market_id, command.client_order_id,
            command.side, command.order_type, command.time_in_force, command.post_only,
            command.price_ticks, command.quantity_lots, command.budget_atoms,
            command.self_trade_prevention, 0, 0, command.trigger_price_ticks, command.expires_ns,
            int(OrderStatus.REJECTED), 0, reason, 0, 0, 0, 0, 0,
        )  # fmt: skip

    def entry(self, entry: Applied) -> None:
        self.sequence, reason = entry.sequence, 0
        for self.index, event in enumerate(entry.events):
            kind = event[0]
            if kind == _REJECTED:
                reason = self.refused(entry)
            else:
                _FOLDERS[kind](self, event)
        if entry.requested:
            self.rows.request_ends.append(RequestEnd(entry.command_id, reason, entry.sequence))

    def finish(self) -> BatchRows:
        rows = self.rows
        for order in self.orders.values():
            if order.moved:
                rows.moved_orders.append(
                    (order.order_id, *order.terms, *order.original, *order.queued, order.triggered_ns)
                )
            if order.placement is None:
                rows.changed_orders.append(
                    (order.order_id, order.status, order.close_reason, order.filled_lots,
                     order.prevented_lots, order.filled_quote_atoms, order.taker_quote_atoms, order.fee_atoms,
                     order.remaining_lots)
                )  # fmt: skip
            else:
                rows.new_orders.append(
                    (order.order_id, *order.placement, order.status, order.close_reason, 0,
                     order.filled_lots, order.prevented_lots, order.filled_quote_atoms,
                     order.taker_quote_atoms, order.fee_atoms)
                )  # fmt: skip
        return rows


# By kind as a plain integer: hashing a member of an enum costs several times as much.
_FOLDERS: dict[int, Callable[[_Fold, Event], None]] = {
    int(kind): folder
    for kind, folder in (
        (EventKind.ORDER_ACCEPTED, _Fold.accepted),
        (EventKind.TRADE, _Fold.trade),
        (EventKind.ORDER_REDUCED, _Fold.reduced),
        (EventKind.ORDER_CLOSED, _Fold.closed),
        (EventKind.ORDER_REPEATED, _Fold.repeated),
        (EventKind.DEPOSITED, _Fold.moved),
        (EventKind.WITHDRAWN, _Fold.moved),
        (EventKind.MARKET_CREATED, _Fold.market_created),
        (EventKind.ORDER_TRIGGERED, _Fold.triggered),
        (EventKind.ORDER_AMENDED, _Fold.amended),
        (EventKind.SWITCH_SET, _Fold.switch),
        (EventKind.SWITCH_FIRED, _Fold.switch),
        (EventKind.MARKET_CHANGED, _Fold.market_changed),
        (EventKind.MARKET_STATUS_CHANGED, _Fold.market_status),
        (EventKind.REFERENCE_PRICE_SET, _Fold.reference_price),
        (EventKind.BREAKER_REBASED, _Fold.rebased),
        (EventKind.FEE_TIER_SET, _Fold.fee_tier),
        (EventKind.ACCOUNT_TIER_SET, _Fold.account_tier),
    )
}


def fold(
    *,
    shard: int,
    timestamp_ns: int,
    markets: Mapping[str, MarketFacts],
    entries: Sequence[Applied],
) -> BatchRows:
    """The rows that a batch changes. `markets` are those that stood before it, and those it creates."""
    folding = _Fold(shard, timestamp_ns, markets)
    folding.rows.journal = [
        (entry.sequence, entry.command_id, entry.command_bytes, entry.events_bytes) for entry in entries
    ]
    for entry in entries:
        folding.entry(entry)
    return folding.finish()
