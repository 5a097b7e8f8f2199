"""Names and numbers of orders as Binance writes them, shared by REST, sockets and user data. Pure."""

from exchange.engine.types import (
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.order_facts import OrderFacts
from exchange.rendering import NS_PER_MS

NO_LIST = -1  # an order that belongs to no list of orders
NOT_WORKING_MS = -1

SIDES = {one.name: one for one in Side}
TYPES = {
    "LIMIT": OrderType.LIMIT,
    "LIMIT_MAKER": OrderType.LIMIT,
    "MARKET": OrderType.MARKET,
    "STOP_LOSS": OrderType.STOP_MARKET,
    "STOP_LOSS_LIMIT": OrderType.STOP_LIMIT,
    "TAKE_PROFIT": OrderType.TAKE_PROFIT_MARKET,
    "TAKE_PROFIT_LIMIT": OrderType.TAKE_PROFIT_LIMIT,
}
TIMES_IN_FORCE = ("GTC", "IOC", "FOK")  # that can be asked for here; /api/v1 has GTD too
PREVENTIONS = {one.name: one for one in SelfTradePrevention}

# By the engine's number: a look into a dict costs a fifth of making a member of an enum.
SIDE_NAMES = {int(one): one.name for one in Side}
PREVENTION_NAMES = {int(one): one.name for one in SelfTradePrevention}
_STATUS_NAMES = {int(one): one.name for one in OrderStatus} | {int(OrderStatus.UNTRIGGERED): "NEW"}
_TIME_NAMES = {int(one): one.name for one in TimeInForce}
_TYPE_NAMES = {int(number): name for name, number in TYPES.items() if name != "LIMIT_MAKER"}
_NEVER_REST = frozenset({OrderType.MARKET, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET})


def type_name(order_type: int, *, post_only: bool) -> str:
    if post_only and order_type == OrderType.LIMIT:
        return "LIMIT_MAKER"
    return _TYPE_NAMES[order_type]


def time_in_force_name(order_type: int, time_in_force: int) -> str:
    """A market order has none at Binance, which shows GTC then."""
    if order_type in _NEVER_REST and time_in_force == TimeInForce.IOC:
        return "GTC"
    return _TIME_NAMES[time_in_force]


def status_name(status: int, close_reason: int, reject_reason: int = 0) -> str:
    """A FOK order that could not be filled was refused here; at Binance it has expired."""
    if status == OrderStatus.EXPIRED and close_reason == CloseReason.SELF_TRADE:
        return "EXPIRED_IN_MATCH"
    if status == OrderStatus.REJECTED and reject_reason == RejectReason.FOK_UNFILLED:
        return "EXPIRED"
    return _STATUS_NAMES[status]


def client_order_id_of(order_id: int, client_order_id: str) -> str:
    """Every order has one at Binance. One that was placed elsewhere without has its own number."""
    return client_order_id or str(order_id)


def is_working(facts: OrderFacts) -> bool:
    """Whether it is, or was until it closed, more than an order that waits for its trigger."""
    return not facts.trigger_price_ticks or facts.triggered_ns != 0


def working_time_ms(facts: OrderFacts) -> int:
    if not is_working(facts):
        return NOT_WORKING_MS
    return (facts.triggered_ns or facts.created_ns) // NS_PER_MS


def original_lots(facts: OrderFacts) -> int:
    """Of an order by budget alone what it got, as at Binance."""
    return facts.quantity_lots or facts.filled_lots
