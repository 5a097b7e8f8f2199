"""An engine written for obviousness: the oracle of the real one. One flat list of open orders, sorted
at each look; what is locked is added up anew from the open orders each time; nothing is remembered twice.
It shares the vocabulary of the engine and none of its code."""

from dataclasses import dataclass, field

from exchange.engine import commands as c
from exchange.engine import events as e
from exchange.engine.types import (
    CLIENT_ORDER_ID_RETENTION_NS,
    INT64_MAX,
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

MILLION = 1_000_000


class Refused(Exception):
    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason.name)
        self.reason = reason


def ceil_million(value: int) -> int:
    whole, rest = divmod(value, MILLION)
    return whole + (1 if rest else 0)


@dataclass
class NaiveOrder:
    id: int
    command: c.PlaceOrder
    market: c.CreateMarket
    fills: list[tuple[int, int]] = field(default_factory=list)  # (rate_ppm, notional)
    filled: int = 0
    prevented: int = 0

    @property
    def left(self) -> int:
        return (self.command.quantity_lots or 10**30) - self.filled - self.prevented

    def notional(self, lots: int, price: int) -> int:
        return lots * price * self.market.quote_atoms_per_tick_lot

    def traded(self) -> int:
        return sum(notional for _, notional in self.fills)

    def fee(self) -> int:
        return ceil_million(sum(rate * notional for rate, notional in self.fills))

    def fill(self, lots: int, notional: int, rate: int) -> int:
        before = self.fee()
        self.fills.append((rate, notional))
        self.filled += lots
        return self.fee() - before

    def hold(self) -> int:
        if self.command.side == Side.SELL:
            return self.left * self.market.base_atoms_per_lot
        worst = max(self.market.maker_fee_ppm, self.market.taker_fee_ppm)
        rest = self.notional(self.left, self.command.price_ticks)
        accumulated = sum(rate * notional for rate, notional in self.fills)
        spare = 1 if worst > 0 else 0
        return rest + ceil_million(accumulated + worst * rest) - self.fee() + spare


class Naive:
    def __init__(self, shard: int = 0) -> None:
        self.shard = shard
        self.sequence = 0
        self.now = 0
        self.markets: dict[str, c.CreateMarket] = {}
        self.trades: dict[str, int] = {}
        self.last_price: dict[str, int] = {}
        self.funds: dict[tuple[int, str], int] = {}  # free and locked together
        self.orders: list[NaiveOrder] = []
        self.taken: list[tuple[int, c.PlaceOrder, int]] = []  # (time, command, order id)

    # What can be asked.

    def holds(self, account: int, asset: str) -> int:
        return sum(
            order.hold()
            for order in self.orders
            if order.command.account == account
            and asset == (order.market.quote_asset, order.market.base_asset)[order.command.side]
        )

    def free(self, account: int, asset: str) -> int:
        return self.funds.get((account, asset), 0) - self.holds(account, asset)

    def queue(self, market: str, side: int) -> list[NaiveOrder]:
        sign = -1 if side == Side.BUY else 1
        resting = [o for o in self.orders if o.command.market == market and o.command.side == side]
        return sorted(resting, key=lambda order: (sign * order.command.price_ticks, order.id))

    # What can be told.

    def apply(self, command: c.Command, now: int) -> list[e.NamedEvent]:
        self.sequence += 1
        self.now = max(self.now, now)
        self.taken = [t for t in self.taken if t[0] + CLIENT_ORDER_ID_RETENTION_NS > self.now]
        try:
            if 0 < getattr(command, "deadline_ns", 0) < self.now:
                raise Refused(RejectReason.DEADLINE_PASSED)
            events: list[e.NamedEvent] = getattr(self, "do_" + type(command).__name__)(command)
            return events
        except Refused as refused:
            cancels_one = isinstance(command, c.CancelOrder)
            return [
                e.Rejected(
                    0,
                    getattr(command, "account", 0),
                    "" if cancels_one else getattr(command, "market", ""),
                    getattr(command, "client_order_id", ""),
                    refused.reason,
                )
            ]

    def do_Malformed(self, command: c.Malformed) -> list[e.NamedEvent]:
        raise Refused(RejectReason.MALFORMED_COMMAND)

    def do_CreateMarket(self, command: c.CreateMarket) -> list[e.NamedEvent]:
        if command.market in self.markets:
            raise Refused(RejectReason.MARKET_EXISTS)
        self.markets[command.market] = command
        self.trades[command.market] = self.last_price[command.market] = 0
        return [e.MarketCreated(8, command.market)]

    def do_Deposit(self, command: c.Deposit) -> list[e.NamedEvent]:
        self.check_asset(command)
        if (
            sum(v for (_, a), v in self.funds.items() if a == command.asset) + command.amount_atoms
            > INT64_MAX
        ):
            raise Refused(RejectReason.OUT_OF_RANGE)
        self.pay(command.account, command.asset, command.amount_atoms)
        return [e.Deposited(6, *command[1:])]

    def do_Withdraw(self, command: c.Withdraw) -> list[e.NamedEvent]:
        self.check_asset(command)
        if self.free(command.account, command.asset) < command.amount_atoms:
            raise Refused(RejectReason.INSUFFICIENT_FUNDS)
        self.pay(command.account, command.asset, -command.amount_atoms)
        return [e.Withdrawn(7, *command[1:])]

    def do_CancelOrder(self, command: c.CancelOrder) -> list[e.NamedEvent]:
        mine = [o for o in self.orders if o.command.account == command.account]
        if command.order_id or not command.client_order_id:
            found = [o for o in mine if o.id == command.order_id]
        else:
            found = [o for o in mine if o.command.client_order_id == command.client_order_id]
        if not found:
            raise Refused(RejectReason.ORDER_NOT_FOUND)
        newest = max(found, key=lambda order: order.id)
        return [self.close(newest, OrderStatus.CANCELED, CloseReason.USER)]

    def do_CancelAll(self, command: c.CancelAll) -> list[e.NamedEvent]:
        if command.market and command.market not in self.markets:
            raise Refused(RejectReason.MARKET_NOT_FOUND)
        mine = [o for o in self.orders if o.command.account == command.account]
        mine = [o for o in mine if not command.market or o.command.market == command.market]
        mine.sort(key=lambda order: order.id)
        return [self.close(o, OrderStatus.CANCELED, CloseReason.USER) for o in mine]

    def do_PlaceOrder(self, command: c.PlaceOrder) -> list[e.NamedEvent]:
        market = self.markets.get(command.market)
        if market is None:
            raise Refused(RejectReason.MARKET_NOT_FOUND)
        for _, first, order_id in self.taken:
            key = (command.account, command.client_order_id)
            if command.client_order_id and key == (first.account, first.client_order_id):
                if first._replace(deadline_ns=0) != command._replace(deadline_ns=0):
                    raise Refused(RejectReason.DUPLICATE_CLIENT_ORDER_ID)
                return [e.OrderRepeated(5, order_id, order_id // 64)]
        order = NaiveOrder(self.sequence * 64 + self.shard, command, market)
        self.check_shape(command)
        self.check_size(command, market, order)
        self.check_book(command, market, order)
        if command.client_order_id:
            self.taken.append((self.now, command, order.id))
        accepted = e.OrderAccepted(
            1,
            order.id,
            command.account,
            command.market,
            command.client_order_id,
            *command[4:12],
            market.maker_fee_ppm,
            market.taker_fee_ppm,
        )
        return [accepted, *self.match(order, dry=False)]

    # Checks.

    def check_asset(self, command: c.Deposit | c.Withdraw) -> None:
        if not any(command.asset in (m.base_asset, m.quote_asset) for m in self.markets.values()):
            raise Refused(RejectReason.ASSET_NOT_FOUND)
        if command.amount_atoms <= 0:
            raise Refused(RejectReason.INVALID_AMOUNT)

    def check_shape(self, command: c.PlaceOrder) -> None:
        limit, market = OrderType.LIMIT, OrderType.MARKET
        invalid = [
            command.side not in list(Side),
            command.order_type not in list(OrderType),
            command.time_in_force not in list(TimeInForce),
            command.self_trade_prevention not in list(SelfTradePrevention),
            min(command.price_ticks, command.quantity_lots, command.budget_atoms) < 0,
            command.order_type == limit and not (command.price_ticks and command.quantity_lots),
            command.order_type == limit and command.budget_atoms,
            command.order_type == market and (command.price_ticks or command.post_only),
            command.order_type == market and not (command.quantity_lots or command.budget_atoms),
            command.post_only and command.time_in_force != TimeInForce.GTC,
        ]
        if any(invalid):
            raise Refused(RejectReason.INVALID_ORDER)

    def check_size(self, command: c.PlaceOrder, market: c.CreateMarket, order: NaiveOrder) -> None:
        notional = order.notional(command.quantity_lots, command.price_ticks)
        worst = max(market.maker_fee_ppm, market.taker_fee_ppm)
        with_fee = notional + ceil_million(worst * notional) + (1 if worst > 0 else 0)
        base = command.quantity_lots * market.base_atoms_per_lot
        if max(with_fee, base, command.budget_atoms) > INT64_MAX:
            raise Refused(RejectReason.OUT_OF_RANGE)
        if command.price_ticks % market.price_step_ticks:
            raise Refused(RejectReason.TICK_SIZE)
        if command.quantity_lots % market.quantity_step_lots:
            raise Refused(RejectReason.LOT_SIZE)
        if command.order_type == OrderType.MARKET:
            at_last = order.notional(command.quantity_lots, self.last_price[command.market])
            known = [value for value in (command.budget_atoms, at_last) if value]
            notional = min(known, default=0)
        if notional and notional < market.min_notional_atoms:
            raise Refused(RejectReason.MIN_NOTIONAL)
        if notional > market.max_notional_atoms:
            raise Refused(RejectReason.MAX_NOTIONAL)

    def check_book(self, command: c.PlaceOrder, market: c.CreateMarket, order: NaiveOrder) -> None:
        if command.post_only and self.opponents(order):
            raise Refused(RejectReason.POST_ONLY_WOULD_CROSS)
        rehearsal = NaiveOrder(order.id, command, market)
        last = self.match(rehearsal, dry=True)[-1:]
        filled = bool(last) and isinstance(last[0], e.OrderClosed) and last[0].status == OrderStatus.FILLED
        if command.time_in_force == TimeInForce.FOK and (not filled or rehearsal.prevented):
            raise Refused(RejectReason.FOK_UNFILLED)
        could_rest = command.order_type == OrderType.LIMIT and command.time_in_force == TimeInForce.GTC
        mine = [o for o in self.orders if o.command[2:4] == command[2:4]]
        if could_rest and len(mine) >= market.max_open_orders:
            raise Refused(RejectReason.TOO_MANY_OPEN_ORDERS)
        if command.side == Side.SELL:
            asset = market.base_asset
            needed = (command.quantity_lots or rehearsal.filled) * market.base_atoms_per_lot
        elif command.order_type == OrderType.LIMIT:
            asset, needed = market.quote_asset, order.hold()
        else:
            asset, needed = market.quote_asset, command.budget_atoms or rehearsal.traded() + rehearsal.fee()
        if self.free(command.account, asset) < needed:
            raise Refused(RejectReason.INSUFFICIENT_FUNDS)

    # Matching.

    def opponents(self, order: NaiveOrder) -> list[NaiveOrder]:
        """Makers that the order crosses, in the order of their priority."""
        command = order.command
        makers = self.queue(command.market, 1 - command.side)
        if command.order_type == OrderType.MARKET:
            return makers
        if command.side == Side.BUY:
            return [maker for maker in makers if maker.command.price_ticks <= command.price_ticks]
        return [maker for maker in makers if maker.command.price_ticks >= command.price_ticks]

    def affordable(self, order: NaiveOrder, price: int, prevented_quote: int) -> int:
        """Lots that the rest of the budget buys (fee included) or sells for at this price."""
        rate = order.market.taker_fee_ppm if order.command.side == Side.BUY else 0
        fee = order.fee() if order.command.side == Side.BUY else 0
        left = order.command.budget_atoms - order.traded() - fee - prevented_quote
        step = order.market.quantity_step_lots
        each = order.notional(step, price) * (MILLION + rate)
        return max(0, left * MILLION // each) * step

    def match(self, order: NaiveOrder, dry: bool) -> list[e.NamedEvent]:
        """With `dry` nothing but `order` itself changes."""
        events: list[e.NamedEvent] = []
        command, market = order.command, order.market
        mode, fee_rate = command.self_trade_prevention, market.taker_fee_ppm
        price, wanted, prevented_quote = 0, 0, 0
        for maker, offered in [(maker, maker.left) for maker in self.opponents(order)]:
            while offered and order.left:
                if wanted == 0 or maker.command.price_ticks != price:
                    price, wanted = maker.command.price_ticks, order.left
                    if command.budget_atoms:
                        wanted = min(wanted, self.affordable(order, price, prevented_quote))
                if wanted == 0:
                    return [*events, self.end(order, spent=True)]
                lots = min(wanted, offered)
                offered -= lots
                if maker.command.account != command.account:
                    wanted -= lots
                    events.append(self.trade(order, maker, lots, dry))
                elif mode == SelfTradePrevention.EXPIRE_TAKER:
                    return [*events, self.closed(order, OrderStatus.EXPIRED, CloseReason.SELF_TRADE)]
                elif mode == SelfTradePrevention.DECREMENT:
                    wanted -= lots
                    order.prevented += lots
                    quote = order.notional(lots, price)
                    prevented_quote += quote + (
                        ceil_million(quote * fee_rate) if command.side == Side.BUY else 0
                    )
                    if not dry:
                        events.append(self.decrement(maker, lots))
                    if wanted == 0:
                        return [*events, self.closed(order, OrderStatus.EXPIRED, CloseReason.SELF_TRADE)]
                    events.append(self.reduced(order, lots))
                else:
                    if not dry:
                        events.append(self.close(maker, OrderStatus.EXPIRED, CloseReason.SELF_TRADE))
                    if mode == SelfTradePrevention.EXPIRE_BOTH:
                        return [*events, self.closed(order, OrderStatus.EXPIRED, CloseReason.SELF_TRADE)]
                    offered = 0
        if command.order_type == OrderType.LIMIT and command.time_in_force == TimeInForce.GTC and order.left:
            if not dry:
                self.orders.append(order)
            return events
        return [*events, self.end(order, spent=bool(price) and wanted == 0)]

    def trade(self, order: NaiveOrder, maker: NaiveOrder, lots: int, dry: bool) -> e.NamedEvent:
        market, price = order.market, maker.command.price_ticks
        notional = order.notional(lots, price)
        taker_fee = order.fill(lots, notional, market.taker_fee_ppm)
        if dry:
            return e.Trade(2, market.market, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        maker_fee = maker.fill(lots, notional, market.maker_fee_ppm)
        sides = [(order.command, taker_fee), (maker.command, maker_fee)]
        for command, fee in sides:
            sign = 1 if command.side == Side.BUY else -1
            self.pay(command.account, market.base_asset, sign * lots * market.base_atoms_per_lot)
            self.pay(command.account, market.quote_asset, -sign * notional - fee)
        if maker.left == 0:
            self.orders.remove(maker)
        self.trades[market.market] += 1
        self.last_price[market.market] = price
        return e.Trade(
            2,
            market.market,
            self.trades[market.market],
            maker.id,
            order.id,
            maker.command.account,
            order.command.account,
            order.command.side,
            price,
            lots,
            notional,
            maker_fee,
            taker_fee,
            maker.left,
        )

    def decrement(self, maker: NaiveOrder, lots: int) -> e.NamedEvent:
        maker.prevented += lots
        if maker.left:
            return self.reduced(maker, lots)
        return self.close(maker, OrderStatus.EXPIRED, CloseReason.SELF_TRADE)

    def end(self, order: NaiveOrder, spent: bool) -> e.NamedEvent:
        if order.left == 0:
            return self.closed(order, OrderStatus.FILLED, CloseReason.FILLED)
        if not order.filled:
            return self.closed(order, OrderStatus.EXPIRED, CloseReason.NO_LIQUIDITY)
        if spent:
            return self.closed(order, OrderStatus.FILLED, CloseReason.BUDGET_SPENT)
        return self.closed(order, OrderStatus.EXPIRED, CloseReason.UNFILLED_REMAINDER)

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
