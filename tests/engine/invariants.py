"""What must hold of an engine after every command, whatever the command was."""

from collections import defaultdict
from collections.abc import Iterable

from exchange.engine.engine import Engine
from exchange.engine.events import (
    NamedEvent,
    OrderAccepted,
    OrderAmended,
    OrderClosed,
    OrderReduced,
    OrderTriggered,
    Trade,
)
from exchange.engine.snapshot import MarketState, OrderState
from exchange.engine.types import OrderStatus, OrderType, Side

STOPS = (OrderType.STOP_LIMIT, OrderType.STOP_MARKET)


def check_state(engine: Engine) -> None:
    """The book of each market, and the holds behind it, as the snapshot shows them."""
    snapshot = engine.snapshot()
    holds: dict[tuple[int, str], int] = defaultdict(int)
    for market in snapshot.markets:
        check_book(engine, market)
        check_waiting(market)
        for order in (*market.open_orders, *market.untriggered_orders):
            asset = market.quote_asset if order.side == Side.BUY else market.base_asset
            holds[(order.account, asset)] += hold(market, order)
    locked = {(b.account, b.asset): b.locked_atoms for b in snapshot.balances if b.locked_atoms}
    assert locked == {key: atoms for key, atoms in holds.items() if atoms}
    assert all(balance.free_atoms >= 0 for balance in snapshot.balances)


def check_book(engine: Engine, market: MarketState) -> None:
    halves: dict[int, list[OrderState]] = {Side.BUY: [], Side.SELL: []}
    totals: dict[tuple[int, int], int] = defaultdict(int)
    for order in market.open_orders:
        remaining = order.quantity_lots - order.filled_lots - order.prevented_lots
        assert remaining > 0
        assert not order.untriggered
        halves[order.side].append(order)
        totals[(order.side, order.price_ticks)] += remaining
    bids, asks = halves[Side.BUY], halves[Side.SELL]
    assert bids == sorted(bids, key=lambda order: -order.price_ticks)
    assert asks == sorted(asks, key=lambda order: order.price_ticks)
    if bids and asks:
        assert bids[0].price_ticks < asks[0].price_ticks
    depth_bids, depth_asks = engine.depth(market.market, 10**6)
    assert depth_bids == sorted(((p, n) for (s, p), n in totals.items() if s == Side.BUY), reverse=True)
    assert depth_asks == sorted((p, n) for (s, p), n in totals.items() if s == Side.SELL)
    for (side, price), lots in totals.items():
        assert engine.level_lots(market.market, Side(side), price) == lots


def check_waiting(market: MarketState) -> None:
    """An order waits only for a price that is still to come."""
    waiting, last = market.untriggered_orders, market.last_price_ticks
    assert list(waiting) == sorted(waiting)
    for order in waiting:
        assert order.untriggered
        assert order.filled_lots == order.filled_quote_atoms == 0
        wants_higher = (order.side == Side.BUY) == (order.order_type in STOPS)
        beyond = order.trigger_price_ticks > last if wants_higher else order.trigger_price_ticks < last
        assert beyond or not last


def hold(market: MarketState, order: OrderState) -> int:
    """The formula of the rules, written once more."""
    remaining = order.quantity_lots - order.filled_lots - order.prevented_lots
    if order.side == Side.SELL:
        return remaining * market.base_atoms_per_lot
    if not order.price_ticks:
        return order.budget_atoms
    notional = remaining * order.price_ticks * market.quote_atoms_per_tick_lot
    made_quote = order.filled_quote_atoms - order.taker_quote_atoms
    accumulated = order.maker_fee_ppm * made_quote + order.taker_fee_ppm * order.taker_quote_atoms
    worst = max(order.maker_fee_ppm, order.taker_fee_ppm)
    fee = -(-(accumulated + worst * notional) // 10**6) - -(-accumulated // 10**6)
    return notional + fee + (worst > 0)


class History:
    """What the events alone say: each order's life, the trades, and the fees that left the engine."""

    def __init__(self) -> None:
        self.open: dict[int, tuple[OrderAccepted, int, int]] = {}  # accepted, filled, prevented
        self.waiting: set[int] = set()
        self.last_trade_id: dict[str, int] = defaultdict(int)
        self.fees = 0

    def fold(self, events: Iterable[NamedEvent]) -> None:
        for event in events:
            match event:
                case OrderAccepted():
                    self.open[event.order_id] = (event, 0, 0)
                    if event.trigger_price_ticks:
                        self.waiting.add(event.order_id)
                case Trade():
                    self._trade(event)
                case OrderReduced():
                    accepted, filled, prevented = self.open[event.order_id]
                    self.open[event.order_id] = (accepted, filled, prevented + event.prevented_lots)
                case OrderAmended():
                    self._amend(event)
                case OrderTriggered():
                    self.waiting.remove(event.order_id)
                case OrderClosed():
                    self._close(event)

    def _trade(self, trade: Trade) -> None:
        assert trade.trade_id == self.last_trade_id[trade.market] + 1
        assert trade.quantity_lots > 0
        assert trade.maker_account != trade.taker_account
        assert not {trade.maker_order_id, trade.taker_order_id} & self.waiting
        self.last_trade_id[trade.market] = trade.trade_id
        self.fees += trade.maker_fee_atoms + trade.taker_fee_atoms
        for order_id in (trade.maker_order_id, trade.taker_order_id):
            accepted, filled, prevented = self.open[order_id]
            filled += trade.quantity_lots
            assert not accepted.quantity_lots or filled + prevented <= accepted.quantity_lots
            self.open[order_id] = (accepted, filled, prevented)
        accepted, filled, prevented = self.open[trade.maker_order_id]
        assert trade.maker_remaining_lots == accepted.quantity_lots - filled - prevented
        if not trade.maker_remaining_lots:
            del self.open[trade.maker_order_id]

    def _amend(self, amended: OrderAmended) -> None:
        accepted, filled, prevented = self.open[amended.order_id]
        assert amended.previous_price_ticks == accepted.price_ticks
        assert amended.remaining_lots == max(0, amended.quantity_lots - filled - prevented)
        accepted = accepted._replace(
            price_ticks=amended.price_ticks,
            quantity_lots=amended.quantity_lots,
            trigger_price_ticks=amended.trigger_price_ticks,
        )
        self.open[amended.order_id] = (accepted, filled, prevented)

    def _close(self, closed: OrderClosed) -> None:
        self.waiting.discard(closed.order_id)
        accepted, filled, prevented = self.open.pop(closed.order_id)
        assert closed.filled_lots == filled
        assert (
            closed.remaining_lots + filled + prevented <= accepted.quantity_lots or not accepted.quantity_lots
        )
        assert closed.status in (OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED)

    def check(self, engine: Engine) -> None:
        """The open orders of the engine are those that the events left open, as the events left them."""
        found = {o.order_id: (o.filled_lots, o.prevented_lots) for o in engine.open_orders()}
        assert {o.order_id for o in engine.open_orders() if o.untriggered} == self.waiting
        assert found == {key: (filled, prevented) for key, (_, filled, prevented) in self.open.items()}
