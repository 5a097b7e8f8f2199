"""What a client may send to trade. The same forms serve the websocket."""

from typing import Any

from access.errors import InvalidNumber, InvalidType, OutOfRange
from access.fields import (
    BooleanField,
    ChoiceField,
    ClientOrderIdField,
    DecimalField,
    IntegerField,
    Schema,
    StrictField,
    SymbolField,
    TimeField,
)
from access.serializers import ListField, StrictSerializer
from exchange.engine.types import (
    INT64_MAX,
    MAX_SWITCH_TIMEOUT_NS,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.errors import InvalidOrder
from exchange.services.orders import NS_PER_MS
from exchange.trading import MAX_BATCH

MIN_SWITCH_MS = 1_000  # less than that and a slow network fires it
MAX_SWITCH_MS = MAX_SWITCH_TIMEOUT_NS // NS_PER_MS

_LIMITS = frozenset({"LIMIT", "STOP_LIMIT", "TAKE_PROFIT_LIMIT"})
_TRIGGERED = frozenset({"STOP_LIMIT", "STOP_MARKET", "TAKE_PROFIT_LIMIT", "TAKE_PROFIT_MARKET"})
_RESTING = frozenset({None, "GTC", "GTD"})


def _names(enum: Any) -> list[str]:
    return [member.name for member in enum]


class OrderForm(StrictSerializer):
    """A limit order needs price and quantity; a market order quantity, quote_budget, or both as caps; a stop
    or take-profit order trigger_price beside."""

    market = SymbolField()
    side = ChoiceField(_names(Side))
    type = ChoiceField(_names(OrderType))
    time_in_force = ChoiceField(
        _names(TimeInForce),
        required=False,
        allow_null=True,
        help_text="GTC for limit, IOC for market orders if left out. GTD needs expires_at_ms.",
    )
    price = DecimalField(
        required=False, allow_null=True, help_text="In quote per base; a multiple of tick_size."
    )
    quantity = DecimalField(required=False, allow_null=True, help_text="In base; a multiple of lot_size.")
    quote_budget = DecimalField(
        required=False,
        allow_null=True,
        help_text="Market orders only: a buy spends no more (fee included), a sell stops there.",
    )
    trigger_price = DecimalField(
        required=False,
        allow_null=True,
        help_text="Stop and take-profit orders only: the last price at which the order is executed.",
    )
    expires_at_ms = TimeField(
        required=False, allow_null=True, help_text="GTD only: when what is left is closed."
    )
    post_only = BooleanField(required=False, default=False, help_text="Refused if it would match at once.")
    self_trade_prevention = ChoiceField(
        _names(SelfTradePrevention),
        required=False,
        allow_null=True,
        help_text="What happens where the order meets one of yours; EXPIRE_MAKER if left out.",
    )
    client_order_id = ClientOrderIdField(
        required=False, allow_null=True, help_text="Yours to choose. A repeat gets the first answer."
    )

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        """What the engine would refuse as INVALID_ORDER, refused with the field that is wrong."""
        check = _check_limit if values["type"] in _LIMITS else _check_market
        check(values)
        _check_trigger(values)
        _check_expiry(values)


def _check_limit(values: dict[str, Any]) -> None:
    for name in ("price", "quantity"):
        if values[name] is None:
            raise InvalidOrder(f"A {values['type']} order needs a {name}.", field=name)
    if values["quote_budget"] is not None:
        raise InvalidOrder("Only a market order has a quote budget.", field="quote_budget")
    if values["post_only"] and values["time_in_force"] not in _RESTING:
        raise InvalidOrder("A post-only order rests in the book, so it is GTC or GTD.", field="post_only")


def _check_market(values: dict[str, Any]) -> None:
    if values["price"] is not None:
        raise InvalidOrder("A market order takes the best prices and has none itself.", field="price")
    if values["post_only"]:
        raise InvalidOrder("A market order never rests, so it cannot be post-only.", field="post_only")
    if values["time_in_force"] in ("GTC", "GTD"):
        raise InvalidOrder("A market order never rests: it is IOC or FOK.", field="time_in_force")
    if values["quantity"] is None and values["quote_budget"] is None:
        raise InvalidOrder("A market order needs a quantity, a quote budget, or both.", field="quantity")


def _check_trigger(values: dict[str, Any]) -> None:
    waits = values["type"] in _TRIGGERED
    if waits and values["trigger_price"] is None:
        raise InvalidOrder(f"A {values['type']} order needs a trigger price.", field="trigger_price")
    if not waits and values["trigger_price"] is not None:
        raise InvalidOrder("Only stop and take-profit orders wait for a trigger.", field="trigger_price")


def _check_expiry(values: dict[str, Any]) -> None:
    expires = values["time_in_force"] == "GTD"
    if expires and not values["expires_at_ms"]:
        raise InvalidOrder("A GTD order says when it expires.", field="expires_at_ms")
    if not expires and values["expires_at_ms"] is not None:
        raise InvalidOrder("Only a GTD order has an expiry.", field="expires_at_ms")


class OrdersForm(StrictSerializer):
    """Each is placed or refused for itself. What is malformed refuses them all."""

    orders = ListField(OrderForm, maximum=MAX_BATCH)


class AmendForm(StrictSerializer):
    """What is left out stays as it is."""

    price = DecimalField(required=False, allow_null=True)
    quantity = DecimalField(
        required=False, allow_null=True, help_text="The new whole quantity, what is filled included."
    )
    trigger_price = DecimalField(
        required=False, allow_null=True, help_text="Of an order that still waits for its trigger."
    )
    keep_priority = BooleanField(
        required=False, default=False, help_text="Refuse what would lose the order's place in the queue."
    )

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        if values["price"] is None and values["quantity"] is None and values["trigger_price"] is None:
            raise InvalidOrder("Say a new price, quantity or trigger price.", field="price")


class OrderIdField(StrictField):
    """A string of digits. Gives the number that the engine knows."""

    def parse(self, value: object) -> int:
        if type(value) is not str:
            raise InvalidType("The value must be a string.")
        if not (value.isascii() and value.isdigit()) or value[0] == "0":
            raise InvalidNumber("An order id is a whole number.")
        if len(value) > 19 or int(value) > INT64_MAX:
            raise OutOfRange
        return int(value)

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}


class CancelForm(StrictSerializer):
    """By one of the two."""

    order_id = OrderIdField(required=False, allow_null=True)
    client_order_id = ClientOrderIdField(required=False, allow_null=True)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        if (values["order_id"] is None) == (values["client_order_id"] is None):
            raise InvalidOrder("Name an order by order_id or by client_order_id.", field="order_id")


class CancelsForm(StrictSerializer):
    """Each is canceled or refused for itself. What is malformed refuses them all."""

    orders = ListField(CancelForm, maximum=MAX_BATCH)


class SwitchForm(StrictSerializer):
    """What arms the switch, or arms it anew."""

    timeout_ms = IntegerField(MIN_SWITCH_MS, MAX_SWITCH_MS)
    market = SymbolField(required=False, allow_null=True, help_text="All markets if left out.")
