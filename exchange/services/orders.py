"""From what a client says to what the engine is told: decimals become ticks, lots and atoms."""

from dataclasses import dataclass

from access.errors import OutOfRange, Precision
from exchange.engine.commands import AmendOrder, PlaceOrder, amend_order, place_order
from exchange.engine.types import INT64_MAX, OrderType, RejectReason, SelfTradePrevention, Side, TimeInForce
from exchange.errors import EngineRefusal
from exchange.models import Market
from exchange.rules import scaled

NS_PER_MS = 1_000_000
DEFAULT_PREVENTION = SelfTradePrevention.EXPIRE_MAKER
_NEVER_REST = frozenset({OrderType.MARKET, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET})


@dataclass(frozen=True, slots=True)
class Placement:
    """An order as a client words it: decimal strings, names, None for what was left out."""

    market: str
    side: str
    order_type: str
    time_in_force: str | None
    price: str | None
    quantity: str | None
    quote_budget: str | None
    post_only: bool
    self_trade_prevention: str | None
    client_order_id: str | None
    trigger_price: str | None = None
    expires_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """New terms as a client words them: None leaves a term as it is."""

    price: str | None
    quantity: str | None
    trigger_price: str | None
    keep_priority: bool


def placement_command(*, market: Market, account: int, placement: Placement, deadline_ns: int) -> PlaceOrder:
    """The command that places this order. Raises the refusals that need no engine: TICK_SIZE, LOT_SIZE,
    PRECISION (too many decimals), OUT_OF_RANGE (zero, or more than can be kept)."""
    order_type = OrderType[placement.order_type]
    lots = _integer("quantity", placement.quantity, market.quantity_decimals, RejectReason.LOT_SIZE)
    default = TimeInForce.IOC if order_type in _NEVER_REST else TimeInForce.GTC
    prevention = placement.self_trade_prevention
    return place_order(
        account=account,
        market=market.symbol,
        side=Side[placement.side],
        order_type=order_type,
        time_in_force=TimeInForce[placement.time_in_force] if placement.time_in_force else default,
        post_only=placement.post_only,
        price_ticks=_ticks("price", placement.price, market),
        quantity_lots=lots,
        budget_atoms=_integer("quote_budget", placement.quote_budget, market.quote_decimals, None),
        self_trade_prevention=SelfTradePrevention[prevention] if prevention else DEFAULT_PREVENTION,
        client_order_id=placement.client_order_id or "",
        deadline_ns=deadline_ns,
        trigger_price_ticks=_ticks("trigger_price", placement.trigger_price, market),
        expires_ns=(placement.expires_at_ms or 0) * NS_PER_MS,
    )


def amendment_command(
    *, market: Market, account: int, order_id: int, amendment: Amendment, deadline_ns: int
) -> AmendOrder:
    """The command that amends this order of the market. Raises as `placement_command`."""
    lots = _integer("quantity", amendment.quantity, market.quantity_decimals, RejectReason.LOT_SIZE)
    return amend_order(
        account=account,
        order_id=order_id,
        price_ticks=_ticks("price", amendment.price, market),
        quantity_lots=lots,
        trigger_price_ticks=_ticks("trigger_price", amendment.trigger_price, market),
        keep_priority=amendment.keep_priority,
        deadline_ns=deadline_ns,
    )


def _ticks(name: str, text: str | None, market: Market) -> int:
    return _integer(name, text, market.price_decimals, RejectReason.TICK_SIZE)


def _integer(name: str, text: str | None, decimals: int, too_fine: RejectReason | None) -> int:
    if text is None:
        return 0
    value = scaled(text, decimals)
    if value is None:
        raise EngineRefusal(too_fine, field=name) if too_fine is not None else Precision(field=name)
    if not 0 < value <= INT64_MAX:
        raise OutOfRange(field=name)
    return value
