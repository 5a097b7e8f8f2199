"""How the naive engine trades: what is open, what an order meets there, and what follows its trades."""

from exchange.engine import events as e
from exchange.engine.types import (
    CloseReason,
    MarketStatus,
    OrderStatus,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from tests.engine.naive_checks import check
from tests.engine.naive_orders import MILLION, NaiveMarket, NaiveOrder, Refused, ceil_million, is_within

EXPIRED = OrderStatus.EXPIRED


class NaiveMatching:
    def __init__(self) -> None:
        self.now = 0
        self.places = 0
        self.markets: dict[str, NaiveMarket] = {}
        self.funds: dict[tuple[int, str], int] = {}  # free and locked together
        self.orders: list[NaiveOrder] = []

    # What can be asked.

    def orders_in(self, market: str) -> list[NaiveOrder]:
        return [order for order in self.orders if market in ("", order.command.market)]

    def holds(self, account: int, asset: str) -> int:
        return sum(
            order.hold()
            for order in self.orders
            if order.command.account == account
            and asset == (order.market.terms.quote_asset, order.market.terms.base_asset)[order.command.side]
        )

    def free(self, account: int, asset: str) -> int:
        return self.funds.get((account, asset), 0) - self.holds(account, asset)

    def queue(self, market: str, side: int) -> list[NaiveOrder]:
        """Makers in the order of their priority."""
        sign = -1 if side == Side.BUY else 1
        resting = [o for o in self.orders_in(market) if o.command.side == side and not o.is_waiting]
        return sorted(resting, key=lambda order: (sign * order.command.price_ticks, order.place))

    def opponents(self, order: NaiveOrder) -> list[NaiveOrder]:
        """Makers that the order crosses."""
        makers, limit = self.queue(order.command.market, 1 - order.command.side), order.command.price_ticks
        if not order.has_limit:
            return makers
        if order.command.side == Side.BUY:
            return [maker for maker in makers if maker.command.price_ticks <= limit]
        return [maker for maker in makers if maker.command.price_ticks >= limit]

    # Checks.

    def check_book(self, order: NaiveOrder, is_new: bool) -> None:
        command = order.command
        if order.has_limit:
            check(order.market.is_in_band(command.price_ticks), RejectReason.PRICE_BAND)
        if command.post_only:
            check(not self.opponents(order), RejectReason.POST_ONLY_WOULD_CROSS)
        rehearsal = order.rehearsal()
        last = self.match(rehearsal, dry=True)[-1:]
        filled = bool(last) and isinstance(last[0], e.OrderClosed) and last[0].status == OrderStatus.FILLED
        if command.time_in_force == TimeInForce.FOK:
            check(filled and not rehearsal.prevented, RejectReason.FOK_UNFILLED)
        if is_new and order.can_rest:
            self.check_room(order)
        if order.has_limit:
            needed = order.hold()
        elif command.side == Side.SELL:
            needed = (command.quantity_lots or rehearsal.filled) * order.market.terms.base_atoms_per_lot
        else:
            needed = command.budget_atoms or rehearsal.traded() + rehearsal.fee()
        self.check_funds(order, needed)

    def check_amended(self, order: NaiveOrder) -> None:
        check(order.market.is_in_band(order.command.price_ticks), RejectReason.PRICE_BAND)
        if self.opponents(order):
            check(order.market.status != MarketStatus.POST_ONLY, RejectReason.MARKET_POST_ONLY)
            check(not order.command.post_only, RejectReason.POST_ONLY_WOULD_CROSS)

    def check_room(self, order: NaiveOrder) -> None:
        mine = [o for o in self.orders if o.command[2:4] == order.command[2:4]]
        check(len(mine) < order.market.terms.max_open_orders, RejectReason.TOO_MANY_OPEN_ORDERS)

    def check_funds(self, order: NaiveOrder, needed: int) -> None:
        terms = order.market.terms
        asset = terms.quote_asset if order.command.side == Side.BUY else terms.base_asset
        check(self.free(order.command.account, asset) >= needed, RejectReason.INSUFFICIENT_FUNDS)

    # Matching.

    def affordable(self, order: NaiveOrder, price: int, prevented_quote: int) -> int:
        """Lots that the rest of the budget buys (fee included) or sells for at this price."""
        rate = order.taker_ppm if order.command.side == Side.BUY else 0
        fee = order.fee() if order.command.side == Side.BUY else 0
        left = order.command.budget_atoms - order.traded() - fee - prevented_quote
        step = order.market.terms.quantity_step_lots
        each = order.notional(step, price) * (MILLION + rate)
        return max(0, left * MILLION // each) * step

    def is_too_far(self, order: NaiveOrder, price: int, reference: int) -> bool:
        """A market order goes as far as the band on its side."""
        is_worse = price > reference if order.command.side == Side.BUY else price < reference
        return (
            not order.has_limit and is_worse and not is_within(price, reference, order.market.terms.band_ppm)
        )

    def match(self, order: NaiveOrder, dry: bool) -> list[e.NamedEvent]:
        """With `dry` nothing but `order` itself changes."""
        events: list[e.NamedEvent] = []
        command, market = order.command, order.market
        mode, fee_rate = command.self_trade_prevention, order.taker_ppm
        reference, breaker_price = market.reference or market.last_price, market.breaker_price
        price, wanted, prevented_quote = 0, 0, 0
        for maker, offered in [(maker, maker.left) for maker in self.opponents(order)]:
            while offered and order.left:
                if wanted == 0 or maker.command.price_ticks != price:
                    price, wanted = maker.command.price_ticks, order.left
                    if command.budget_atoms:
                        wanted = min(wanted, self.affordable(order, price, prevented_quote))
                if wanted == 0:
                    return [*events, self.end(order, spent=True)]
                if self.is_too_far(order, price, reference):
                    return [*events, self.closed(order, EXPIRED, CloseReason.PRICE_BAND)]
                if not is_within(price, breaker_price, market.terms.breaker_ppm):
                    market.is_tripped = market.is_tripped or not dry
                    return [*events, self.closed(order, EXPIRED, CloseReason.CIRCUIT_BREAKER)]
                lots = min(wanted, offered)
                offered -= lots
                if maker.command.account != command.account:
                    wanted -= lots
                    breaker_price = breaker_price or price
                    events.append(self.trade(order, maker, lots, dry))
                elif mode == SelfTradePrevention.EXPIRE_TAKER:
                    return [*events, self.closed(order, EXPIRED, CloseReason.SELF_TRADE)]
                elif mode == SelfTradePrevention.DECREMENT:
                    wanted -= lots
                    order.prevented += lots
                    quote = order.notional(lots, price)
                    fee = ceil_million(quote * fee_rate) if command.side == Side.BUY else 0
                    prevented_quote += quote + fee
                    if not dry:
                        events.append(self.decrement(maker, lots))
                    if wanted == 0:
                        return [*events, self.closed(order, EXPIRED, CloseReason.SELF_TRADE)]
                    events.append(self.reduced(order, lots))
                else:
                    if not dry:
                        events.append(self.close(maker, EXPIRED, CloseReason.SELF_TRADE))
                    if mode == SelfTradePrevention.EXPIRE_BOTH:
                        return [*events, self.closed(order, EXPIRED, CloseReason.SELF_TRADE)]
                    offered = 0
        if order.can_rest and order.left:
            if not dry:
                self.rest(order)
            return events
        return [*events, self.end(order, spent=bool(price) and wanted == 0)]

    def rest(self, order: NaiveOrder) -> None:
        self.places += 1
        order.place = self.places
        self.orders.append(order)

    def trade(self, order: NaiveOrder, maker: NaiveOrder, lots: int, dry: bool) -> e.NamedEvent:
        market, price = order.market, maker.command.price_ticks
        terms, notional = market.terms, order.notional(lots, maker.command.price_ticks)
        taker_fee = order.fill(lots, notional, order.taker_ppm)
        if dry:
            return e.Trade(2, terms.market, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        maker_fee = maker.fill(lots, notional, maker.maker_ppm)
        for command, fee in ((order.command, taker_fee), (maker.command, maker_fee)):
            sign = 1 if command.side == Side.BUY else -1
            self.pay(command.account, terms.base_asset, sign * lots * terms.base_atoms_per_lot)
            self.pay(command.account, terms.quote_asset, -sign * notional - fee)
        if maker.left == 0:
            self.orders.remove(maker)
        market.trades += 1
        market.last_price = price
        if terms.breaker_ppm and not market.breaker_price:
            market.breaker_price, market.has_started = price, True
        ids = (market.trades, maker.id, order.id, maker.command.account, order.command.account)
        sums = (price, lots, notional, maker_fee, taker_fee, maker.left)
        return e.Trade(2, terms.market, *ids, order.command.side, *sums)

    def decrement(self, maker: NaiveOrder, lots: int) -> e.NamedEvent:
        maker.prevented += lots
        if maker.left:
            return self.reduced(maker, lots)
        return self.close(maker, EXPIRED, CloseReason.SELF_TRADE)

    def end(self, order: NaiveOrder, spent: bool) -> e.NamedEvent:
        if order.left == 0:
            return self.closed(order, OrderStatus.FILLED, CloseReason.FILLED)
        if not order.filled:
            return self.closed(order, EXPIRED, CloseReason.NO_LIQUIDITY)
        if spent:
            return self.closed(order, OrderStatus.FILLED, CloseReason.BUDGET_SPENT)
        return self.closed(order, EXPIRED, CloseReason.UNFILLED_REMAINDER)

    def close(self, order: NaiveOrder, status: OrderStatus, reason: CloseReason) -> e.NamedEvent:
        self.orders.remove(order)
        return self.closed(order, status, reason)

    def closed(self, order: NaiveOrder, status: OrderStatus, reason: CloseReason) -> e.NamedEvent:
        command = order.command
        left = order.left if command.quantity_lots else 0
        identity = (command.market, order.id, command.account, command.client_order_id)
        return e.OrderClosed(
            4, *identity, command.side, command.price_ticks, status, reason, order.filled, left
        )

    def reduced(self, order: NaiveOrder, lots: int) -> e.NamedEvent:
        command = order.command
        left = order.left if command.quantity_lots else 0
        identity = (command.market, order.id, command.account, command.side, command.price_ticks)
        return e.OrderReduced(3, *identity, lots, left)

    def pay(self, account: int, asset: str, atoms: int) -> None:
        self.funds[(account, asset)] = self.funds.get((account, asset), 0) + atoms

    # What follows.

    def conclude(self, market: NaiveMarket) -> list[e.NamedEvent]:
        """The cascade of triggered orders, first come first served; then the breaker."""
        events: list[e.NamedEvent] = []
        reached: list[tuple[NaiveOrder, int]] = []
        while True:
            if market.has_started:
                market.has_started = False
                events += self.rebase(market, market.breaker_price)
            known = [order.id for order, _ in reached]
            for order in sorted(self.orders_in(market.terms.market), key=lambda order: order.id):
                if order.is_waiting and order.id not in known and order.is_reached():
                    reached.append((order, market.last_price))
            if not reached:
                break
            events += self.execute(*reached.pop(0))
        if market.is_tripped:
            halt_ns = market.terms.breaker_halt_ns
            market.is_tripped, market.status = False, MarketStatus.CANCEL_ONLY
            market.resume_ns = self.now + halt_ns if halt_ns else 0
            events.append(
                e.MarketStatusChanged(14, market.terms.market, market.status, True, market.resume_ns)
            )
        return events

    def execute(self, order: NaiveOrder, last_price: int) -> list[e.NamedEvent]:
        command = order.command
        self.orders.remove(order)
        order.is_waiting = False
        identity = (command.market, order.id, command.account, command.client_order_id, command.side)
        triggered = e.OrderTriggered(9, *identity, last_price)
        try:
            self.check_book(order, is_new=False)
        except Refused as refused:
            return [triggered, self.closed(order, EXPIRED, CloseReason[refused.reason.name])]
        return [triggered, *self.match(order, dry=False)]

    def change_status(self, market: NaiveMarket, status: int, by_breaker: bool) -> list[e.NamedEvent]:
        market.status, market.resume_ns = status, 0
        changed = e.MarketStatusChanged(14, market.terms.market, status, by_breaker, 0)
        return [changed, *(self.rebase(market) if status == MarketStatus.OPEN else [])]

    def rebase(self, market: NaiveMarket, price: int | None = None) -> list[e.NamedEvent]:
        """At the last price unless told otherwise; a market without a breaker has no such price."""
        new = market.last_price if price is None else price
        new = new if market.terms.breaker_ppm else 0
        if not new and not market.breaker_price:
            return []
        market.breaker_price, market.breaker_since_ns = new, self.now if new else 0
        return [e.BreakerRebased(16, market.terms.market, new, market.breaker_since_ns)]
