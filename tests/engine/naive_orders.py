"""The orders and markets of the naive engine: values and sums, added up anew at each look."""

from dataclasses import dataclass, field

from exchange.engine import commands as c
from exchange.engine.types import MarketStatus, OrderType, RejectReason, Side, TimeInForce

MILLION = 1_000_000
STOPS = (OrderType.STOP_LIMIT, OrderType.STOP_MARKET)
LIMITS = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
RESTING = (TimeInForce.GTC, TimeInForce.GTD)


class Refused(Exception):
    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason.name)
        self.reason = reason


def ceil_million(value: int) -> int:
    whole, rest = divmod(value, MILLION)
    return whole + (1 if rest else 0)


def is_within(price: int, reference: int, ppm: int) -> bool:
    return not reference or not ppm or abs(price - reference) * MILLION <= reference * ppm


@dataclass
class NaiveMarket:
    terms: c.CreateMarket
    tiers: dict[int, tuple[int, int]] = field(default_factory=dict)
    status: int = MarketStatus.OPEN
    resume_ns: int = 0
    reference: int = 0
    breaker_price: int = 0
    breaker_since_ns: int = 0
    last_price: int = 0
    trades: int = 0
    is_tripped: bool = False
    has_started: bool = False

    def rates(self, tier: int) -> tuple[int, int]:
        while tier and tier not in self.tiers:
            tier -= 1
        return self.tiers[tier] if tier else (self.terms.maker_fee_ppm, self.terms.taker_fee_ppm)

    def is_in_band(self, price: int) -> bool:
        return is_within(price, self.reference or self.last_price, self.terms.band_ppm)

    def due_ns(self) -> int:
        if self.status != MarketStatus.OPEN:
            return self.resume_ns
        return self.breaker_since_ns + self.terms.breaker_window_ns if self.breaker_price else 0


@dataclass
class NaiveOrder:
    id: int
    command: c.PlaceOrder
    market: NaiveMarket
    maker_ppm: int
    taker_ppm: int
    fills: list[tuple[int, int]] = field(default_factory=list)  # (rate_ppm, notional)
    filled: int = 0
    prevented: int = 0
    is_waiting: bool = False
    place: int = 0  # in the queue of its price: later orders have larger numbers

    @property
    def left(self) -> int:
        return (self.command.quantity_lots or 10**30) - self.filled - self.prevented

    @property
    def has_limit(self) -> bool:
        return self.command.order_type in LIMITS

    @property
    def can_rest(self) -> bool:
        return self.has_limit and self.command.time_in_force in RESTING

    def notional(self, lots: int, price: int) -> int:
        return lots * price * self.market.terms.quote_atoms_per_tick_lot

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
            return self.left * self.market.terms.base_atoms_per_lot if self.command.quantity_lots else 0
        if not self.has_limit:
            return self.command.budget_atoms
        worst = max(self.maker_ppm, self.taker_ppm)
        rest = self.notional(self.left, self.command.price_ticks)
        accumulated = sum(rate * notional for rate, notional in self.fills)
        spare = 1 if worst > 0 else 0
        return rest + ceil_million(accumulated + worst * rest) - self.fee() + spare

    def is_reached(self) -> bool:
        """A stop triggers against its side, a take-profit for it."""
        last, trigger = self.market.last_price, self.command.trigger_price_ticks
        wants_higher = (self.command.side == Side.BUY) == (self.command.order_type in STOPS)
        return last > 0 and (last >= trigger if wants_higher else last <= trigger)

    def rehearsal(self) -> "NaiveOrder":
        return NaiveOrder(self.id, self.command, self.market, self.maker_ppm, self.taker_ppm)
