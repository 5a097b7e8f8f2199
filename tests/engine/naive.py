"""An engine written for obviousness: the oracle of the real one. One flat list of open orders, sorted
at each look; what is locked is added up anew from the open orders each time; nothing is remembered twice.
It shares the vocabulary of the engine and none of its code."""

from dataclasses import replace

from exchange.engine import commands as c
from exchange.engine import events as e
from exchange.engine.types import (
    CLIENT_ORDER_ID_RETENTION_NS,
    EVERYBODY,
    INT64_MAX,
    MAX_SWITCH_TIMEOUT_NS,
    CloseReason,
    MarketStatus,
    OrderStatus,
    RejectReason,
)
from tests.engine.naive_checks import (
    check,
    check_change,
    check_rates,
    check_shape,
    check_status,
    check_terms,
)
from tests.engine.naive_matching import NaiveMatching
from tests.engine.naive_orders import NaiveMarket, NaiveOrder, Refused


class Naive(NaiveMatching):
    def __init__(self, shard: int = 0) -> None:
        super().__init__()
        self.shard = shard
        self.sequence = 0
        self.account_tiers: dict[int, int] = {}
        self.switches: dict[tuple[int, str], int] = {}
        self.taken: list[tuple[int, c.PlaceOrder, int]] = []  # (time, command, order id)

    def next_due_ns(self) -> int:
        due = [o.command.expires_ns for o in self.orders] + list(self.switches.values())
        due += [market.due_ns() for market in self.markets.values()]
        return min((time for time in due if time), default=0)

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
            account, market = getattr(command, "account", 0), getattr(command, "market", "")
            client_order_id = getattr(command, "client_order_id", "")
            return [e.Rejected(0, account, market, client_order_id, refused.reason)]

    def market(self, name: str) -> NaiveMarket:
        check(name in self.markets, RejectReason.MARKET_NOT_FOUND)
        return self.markets[name]

    # Money and operators.

    def do_Malformed(self, command: c.Malformed) -> list[e.NamedEvent]:
        raise Refused(RejectReason.MALFORMED_COMMAND)

    def do_CreateMarket(self, command: c.CreateMarket) -> list[e.NamedEvent]:
        check(command.market not in self.markets, RejectReason.MARKET_EXISTS)
        self.markets[command.market] = NaiveMarket(command)
        return [e.MarketCreated(8, command.market)]

    def do_Deposit(self, command: c.Deposit) -> list[e.NamedEvent]:
        self.check_asset(command)
        total = sum(v for (_, asset), v in self.funds.items() if asset == command.asset)
        check(total + command.amount_atoms <= INT64_MAX, RejectReason.OUT_OF_RANGE)
        self.pay(command.account, command.asset, command.amount_atoms)
        return [e.Deposited(6, *command[1:])]

    def do_Withdraw(self, command: c.Withdraw) -> list[e.NamedEvent]:
        self.check_asset(command)
        is_covered = self.free(command.account, command.asset) >= command.amount_atoms
        check(is_covered, RejectReason.INSUFFICIENT_FUNDS)
        self.pay(command.account, command.asset, -command.amount_atoms)
        return [e.Withdrawn(7, *command[1:])]

    def check_asset(self, command: c.Deposit | c.Withdraw) -> None:
        terms = [market.terms for market in self.markets.values()]
        known = any(command.asset in (each.base_asset, each.quote_asset) for each in terms)
        check(known, RejectReason.ASSET_NOT_FOUND)
        check(command.amount_atoms > 0, RejectReason.INVALID_AMOUNT)

    def do_ChangeMarket(self, command: c.ChangeMarket) -> list[e.NamedEvent]:
        market = self.market(command.market)
        terms = c.CreateMarket(*market.terms[:6], *command[2:])
        check_change(terms, list(market.tiers.values()), self.orders_in(command.market))
        turned = bool(terms.breaker_ppm) != bool(market.terms.breaker_ppm)
        market.terms = terms
        return [e.MarketChanged(13, *command[1:]), *(self.rebase(market) if turned else [])]

    def do_SetMarketStatus(self, command: c.SetMarketStatus) -> list[e.NamedEvent]:
        market = self.market(command.market)
        check(command.status in list(MarketStatus), RejectReason.INVALID_MARKET)
        return self.change_status(market, command.status, by_breaker=False)

    def do_SetReferencePrice(self, command: c.SetReferencePrice) -> list[e.NamedEvent]:
        market = self.market(command.market)
        check(0 <= command.price_ticks <= INT64_MAX, RejectReason.OUT_OF_RANGE)
        market.reference = command.price_ticks
        return [e.ReferencePriceSet(15, *command[1:])]

    def do_SetFeeTier(self, command: c.SetFeeTier) -> list[e.NamedEvent]:
        market = self.market(command.market)
        check(1 <= command.tier <= 99, RejectReason.INVALID_MARKET)
        rates = (command.maker_fee_ppm, command.taker_fee_ppm)
        tiers = {0: market.rates(0), **market.tiers, command.tier: rates}
        check_rates(tiers.values(), self.orders_in(command.market))
        market.tiers[command.tier] = rates
        return [e.FeeTierSet(17, *command[1:])]

    def do_SetAccountTier(self, command: c.SetAccountTier) -> list[e.NamedEvent]:
        check(command.account > 0 and 0 <= command.tier <= 99, RejectReason.OUT_OF_RANGE)
        self.account_tiers[command.account] = command.tier
        return [e.AccountTierSet(18, *command[1:])]

    # Cancels and times.

    def find(self, account: int, order_id: int, client_order_id: str) -> NaiveOrder:
        mine = [order for order in self.orders if order.command.account == account]
        if order_id or not client_order_id:
            found = [order for order in mine if order.id == order_id]
        else:
            found = [order for order in mine if order.command.client_order_id == client_order_id]
        check(found, RejectReason.ORDER_NOT_FOUND)
        return max(found, key=lambda order: order.id)

    def cancel(self, orders: list[NaiveOrder], reason: CloseReason) -> list[e.NamedEvent]:
        by_id = sorted(orders, key=lambda order: order.id)
        return [self.close(order, OrderStatus.CANCELED, reason) for order in by_id]

    def do_CancelOrder(self, command: c.CancelOrder) -> list[e.NamedEvent]:
        order = self.find(command.account, command.order_id, command.client_order_id)
        check(order.market.status != MarketStatus.HALTED, RejectReason.MARKET_HALTED)
        return self.cancel([order], CloseReason.USER)

    def do_CancelAll(self, command: c.CancelAll) -> list[e.NamedEvent]:
        orders = self.orders_in(command.market)
        if command.market:
            self.market(command.market)
        if command.account == EVERYBODY:
            return self.cancel(orders, CloseReason.OPERATOR)
        if command.market:
            is_halted = self.market(command.market).status == MarketStatus.HALTED
            check(not is_halted, RejectReason.MARKET_HALTED)
        mine = [order for order in orders if order.command.account == command.account]
        mine = [order for order in mine if order.market.status != MarketStatus.HALTED]
        return self.cancel(mine, CloseReason.USER)

    def do_SetSwitch(self, command: c.SetSwitch) -> list[e.NamedEvent]:
        if command.market:
            self.market(command.market)
        check(0 <= command.timeout_ns <= MAX_SWITCH_TIMEOUT_NS, RejectReason.INVALID_TIMEOUT)
        due = self.now + command.timeout_ns if command.timeout_ns else 0
        self.switches[(command.account, command.market)] = due
        return [e.SwitchSet(11, command.account, command.market, due)]

    def do_Tick(self, command: c.Tick) -> list[e.NamedEvent]:
        events: list[e.NamedEvent] = []
        by_expiry = sorted(self.orders, key=lambda order: (order.command.expires_ns, order.id))
        for order in by_expiry:
            if 0 < order.command.expires_ns <= self.now:
                events.append(self.close(order, OrderStatus.EXPIRED, CloseReason.GTD_EXPIRED))
        for due, account, name in sorted((due, *key) for key, due in self.switches.items()):
            if 0 < due <= self.now:
                self.switches[(account, name)] = 0
                mine = [order for order in self.orders_in(name) if order.command.account == account]
                events.append(e.SwitchFired(12, account, name))
                events += self.cancel(mine, CloseReason.DEAD_MANS_SWITCH)
        for _, market in sorted(self.markets.items()):
            if 0 < market.due_ns() <= self.now and market.status == MarketStatus.OPEN:
                events += self.rebase(market)
            elif 0 < market.due_ns() <= self.now:
                events += self.change_status(market, MarketStatus.OPEN, by_breaker=True)
        return events

    # Orders.

    def do_PlaceOrder(self, command: c.PlaceOrder) -> list[e.NamedEvent]:
        market = self.market(command.market)
        for _, first, order_id in self.taken:
            key = (command.account, command.client_order_id)
            if command.client_order_id and key == (first.account, first.client_order_id):
                is_same = first._replace(deadline_ns=0) == command._replace(deadline_ns=0)
                check(is_same, RejectReason.DUPLICATE_CLIENT_ORDER_ID)
                return [e.OrderRepeated(5, order_id, order_id // 64)]
        rates = market.rates(self.account_tiers.get(command.account, 0))
        order = NaiveOrder(self.sequence * 64 + self.shard, command, market, *rates)
        check_status(market, is_passive=bool(command.post_only))
        check_shape(command)
        check_terms(order, self.now)
        if command.trigger_price_ticks:
            check(not order.is_reached(), RejectReason.WOULD_TRIGGER_IMMEDIATELY)
            self.check_room(order)
            self.check_funds(order, order.hold())
            order.is_waiting = True
        else:
            self.check_book(order, is_new=True)
        if command.client_order_id:
            self.taken.append((self.now, command, order.id))
        identity = (order.id, command.account, command.market, command.client_order_id)
        accepted = e.OrderAccepted._make((1, *identity, *command[4:12], *rates, *command[13:]))
        if order.is_waiting:
            self.orders.append(order)
            return [accepted]
        return [accepted, *self.match(order, dry=False), *self.conclude(market)]

    def do_AmendOrder(self, command: c.AmendOrder) -> list[e.NamedEvent]:
        order = self.find(command.account, command.order_id, command.client_order_id)
        market, old = order.market, order.command
        check_status(market, is_passive=True)
        changes = {name: getattr(command, name) for name in ("price_ticks", "quantity_lots")}
        changes["trigger_price_ticks"] = command.trigger_price_ticks
        for name, value in changes.items():
            is_mine = getattr(old, name) and (name != "trigger_price_ticks" or order.is_waiting)
            check(value == 0 or (value > 0 and is_mine), RejectReason.INVALID_ORDER)
        new = old._replace(**{name: value for name, value in changes.items() if value})
        check(new != old, RejectReason.AMEND_UNCHANGED)
        if command.quantity_lots:
            is_below = command.quantity_lots <= order.filled + order.prevented
            check(not is_below, RejectReason.AMEND_BELOW_FILLED)
        keeps = new.price_ticks == old.price_ticks and new.quantity_lots <= old.quantity_lots
        check(keeps or not command.keep_priority, RejectReason.AMEND_LOSES_PRIORITY)
        amended = replace(order, command=new)
        check_terms(amended, self.now)
        if order.is_waiting:
            check(not amended.is_reached(), RejectReason.WOULD_TRIGGER_IMMEDIATELY)
        elif not keeps:
            self.check_amended(amended)
        self.check_funds(order, amended.hold() - order.hold())
        order.command = new
        identity = (old.market, order.id, old.account, old.client_order_id, old.side)
        prices = (old.price_ticks, new.price_ticks, new.trigger_price_ticks)
        left = order.left if new.quantity_lots else 0
        event = e.OrderAmended(10, *identity, *prices, new.quantity_lots, left, keeps)
        if order.is_waiting or keeps:
            return [event]
        self.orders.remove(order)
        return [event, *self.match(order, dry=False), *self.conclude(market)]
