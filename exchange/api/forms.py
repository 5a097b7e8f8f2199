"""What a client may send."""

import base64
import binascii
from typing import Any

from access.errors import InvalidCursor
from access.fields import (
    AssetField,
    BooleanField,
    ChoiceField,
    ClientOrderIdField,
    DecimalField,
    IntegerField,
    StrictField,
    StrictSerializer,
    SymbolField,
)
from access.pagination import DEFAULT_LIMIT, MAX_LIMIT, PageQuery
from exchange.engine.types import INT64_MAX, OrderType, SelfTradePrevention, Side, TimeInForce
from exchange.errors import InvalidOrder

MAX_DEPTH = 500


def _names(enum: Any) -> list[str]:
    return [member.name for member in enum]


class OrderForm(StrictSerializer):
    """LIMIT needs price and quantity; MARKET needs quantity, quote_budget, or both as caps."""

    market = SymbolField()
    side = ChoiceField(_names(Side))
    type = ChoiceField(_names(OrderType))
    time_in_force = ChoiceField(
        _names(TimeInForce),
        required=False,
        allow_null=True,
        help_text="GTC for LIMIT, IOC for MARKET if left out.",
    )
    price = DecimalField(
        required=False, allow_null=True, help_text="In quote per base; a multiple of tick_size."
    )
    quantity = DecimalField(required=False, allow_null=True, help_text="In base; a multiple of lot_size.")
    quote_budget = DecimalField(
        required=False,
        allow_null=True,
        help_text="MARKET only: a buy spends no more (fee included), a sell stops there.",
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
        check = _check_limit if values["type"] == OrderType.LIMIT.name else _check_market
        check(values)


def _check_limit(values: dict[str, Any]) -> None:
    for name in ("price", "quantity"):
        if values[name] is None:
            raise InvalidOrder(f"A LIMIT order needs a {name}.", field=name)
    if values["quote_budget"] is not None:
        raise InvalidOrder("Only a MARKET order has a quote budget.", field="quote_budget")
    if values["post_only"] and values["time_in_force"] not in (None, TimeInForce.GTC.name):
        raise InvalidOrder("A post-only order rests in the book, so it is GTC.", field="post_only")


def _check_market(values: dict[str, Any]) -> None:
    if values["price"] is not None:
        raise InvalidOrder("A MARKET order takes the best prices and has none itself.", field="price")
    if values["post_only"]:
        raise InvalidOrder("A MARKET order never rests, so it cannot be post-only.", field="post_only")
    if values["time_in_force"] == TimeInForce.GTC.name:
        raise InvalidOrder("A MARKET order never rests: it is IOC or FOK.", field="time_in_force")
    if values["quantity"] is None and values["quote_budget"] is None:
        raise InvalidOrder("A MARKET order needs a quantity, a quote budget, or both.", field="quantity")


class MarketQuery(StrictSerializer):
    market = SymbolField(required=False)


class OrdersQuery(PageQuery):
    market = SymbolField(required=False)
    status = ChoiceField(["open", "closed"], required=False)


class FillCursorField(StrictField):
    """Gives time (ns) and trade of the last fill of a page: fills of several markets stand in one list."""

    def parse(self, value: object) -> tuple[int, int]:
        try:
            raw = base64.urlsafe_b64decode(f"{value}==".encode("ascii"))
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        numbers = int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:], "big")
        if len(raw) != 16 or max(numbers) > INT64_MAX or fill_cursor(*numbers) != value:
            raise InvalidCursor
        return numbers


def fill_cursor(timestamp_ns: int, trade: int) -> str:
    raw = timestamp_ns.to_bytes(8, "big") + trade.to_bytes(8, "big")
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


class FillsQuery(StrictSerializer):
    market = SymbolField(required=False)
    limit = IntegerField(1, MAX_LIMIT, default=DEFAULT_LIMIT)
    cursor = FillCursorField(default=None)


class DepthQuery(StrictSerializer):
    depth = IntegerField(1, MAX_DEPTH, required=False, default=50)


class TransferForm(StrictSerializer):
    """Between the funding wallet and the trading account."""

    asset = AssetField()
    amount = DecimalField()
    from_wallet = ChoiceField(["FUNDING", "TRADING"])
    to_wallet = ChoiceField(["FUNDING", "TRADING"])


class FaucetForm(StrictSerializer):
    """Play money, in demo mode only."""

    asset = AssetField()
    amount = DecimalField()
