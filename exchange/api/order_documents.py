"""What the answers about orders look like, for the OpenAPI document. `exchange.rendering` makes them."""

from enum import IntEnum

from rest_framework import serializers

from exchange.engine.types import (
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

_PENDING = "PENDING"


def choice(
    enum: type[IntEnum], *, null: bool = False, help_text: str | None = None
) -> serializers.ChoiceField:
    names = [member.name for member in enum]
    return serializers.ChoiceField(choices=names, allow_null=null, help_text=help_text)


class OriginalDocument(serializers.Serializer[object]):
    """What an amended order was placed with."""

    price = serializers.CharField(allow_null=True)
    quantity = serializers.CharField(allow_null=True)
    trigger_price = serializers.CharField(allow_null=True)


class OrderDocument(serializers.Serializer[object]):
    order_id = serializers.CharField(allow_null=True, help_text="null where the placement was refused.")
    client_order_id = serializers.CharField(allow_null=True)
    market = serializers.CharField()
    side = choice(Side)
    type = choice(OrderType)
    time_in_force = choice(TimeInForce)
    post_only = serializers.BooleanField()
    price = serializers.CharField(allow_null=True)
    quantity = serializers.CharField(allow_null=True)
    quote_budget = serializers.CharField(allow_null=True)
    trigger_price = serializers.CharField(allow_null=True)
    self_trade_prevention = choice(SelfTradePrevention)
    status = choice(OrderStatus)
    close_reason = choice(CloseReason, null=True)
    reject_reason = choice(RejectReason, null=True)
    filled_quantity = serializers.CharField()
    remaining_quantity = serializers.CharField(
        allow_null=True, help_text="What was not filled; null for an order by budget alone."
    )
    prevented_quantity = serializers.CharField(help_text="What self-trade prevention took off.")
    filled_quote = serializers.CharField(help_text="What the fills were worth, without the fee.")
    fee = serializers.CharField(help_text="Charged so far, in fee_asset.")
    fee_asset = serializers.CharField()
    original = OriginalDocument(allow_null=True, help_text="null where the order was never amended.")
    expires_at_ms = serializers.IntegerField(allow_null=True)
    triggered_at_ms = serializers.IntegerField(allow_null=True)
    created_at_ms = serializers.IntegerField()
    updated_at_ms = serializers.IntegerField()


class FillDocument(serializers.Serializer[object]):
    trade_id = serializers.CharField()
    order_id = serializers.CharField()
    market = serializers.CharField()
    side = choice(Side)
    role = serializers.ChoiceField(choices=["MAKER", "TAKER"])
    price = serializers.CharField()
    quantity = serializers.CharField()
    quote_amount = serializers.CharField()
    fee = serializers.CharField()
    fee_asset = serializers.CharField()
    time_ms = serializers.IntegerField()


class PlacedDocument(serializers.Serializer[object]):
    """The order as its own placement left it, and the fills of that moment."""

    order = OrderDocument()
    fills = FillDocument(many=True)
    fills_truncated = serializers.BooleanField(help_text="Whether these are only the latest 1,000.")


class OneOrderDocument(serializers.Serializer[object]):
    order = OrderDocument()
    fills = FillDocument(many=True)
    fills_truncated = serializers.BooleanField(help_text="Whether these are only the latest 1,000.")


class PendingOrderDocument(serializers.Serializer[object]):
    client_order_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[_PENDING])


class PendingDocument(serializers.Serializer[object]):
    """The placement is queued: the engine has not read it yet."""

    order = PendingOrderDocument()


class CanceledDocument(serializers.Serializer[object]):
    order = OrderDocument()


class ItemErrorDocument(serializers.Serializer[object]):
    """As the `error` of a refusal; further values may stand beside."""

    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField()


class PlaceResultDocument(serializers.Serializer[object]):
    """With `ok` the order and its fills, else the error."""

    ok = serializers.BooleanField()
    order = OrderDocument(required=False)
    fills = FillDocument(many=True, required=False)
    fills_truncated = serializers.BooleanField(required=False)
    error = ItemErrorDocument(required=False)


class PlaceResultsDocument(serializers.Serializer[object]):
    results = PlaceResultDocument(many=True)


class CancelResultDocument(serializers.Serializer[object]):
    """With `ok` the order, else the error."""

    ok = serializers.BooleanField()
    order = OrderDocument(required=False)
    error = ItemErrorDocument(required=False)


class CancelResultsDocument(serializers.Serializer[object]):
    results = CancelResultDocument(many=True)


class CanceledAllDocument(serializers.Serializer[object]):
    canceled_order_ids = serializers.ListField(child=serializers.CharField())


class OrdersDocument(serializers.Serializer[object]):
    orders = OrderDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class FillsDocument(serializers.Serializer[object]):
    fills = FillDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class SwitchDocument(serializers.Serializer[object]):
    market = serializers.CharField(allow_null=True, help_text="null: all markets.")
    due_at_ms = serializers.IntegerField(help_text="When every open order of it is canceled.")


class SwitchesDocument(serializers.Serializer[object]):
    switches = SwitchDocument(many=True)
