"""What the answers look like, for the OpenAPI document. `exchange.rendering` makes them."""

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


def _choice(enum: type, *, null: bool = False, more: tuple[str, ...] = ()) -> serializers.ChoiceField:
    names = [*more, *(member.name for member in enum)]  # type: ignore[attr-defined]
    return serializers.ChoiceField(choices=names, allow_null=null)


class OrderDocument(serializers.Serializer[object]):
    order_id = serializers.CharField(allow_null=True, help_text="null where the placement was refused.")
    client_order_id = serializers.CharField(allow_null=True)
    market = serializers.CharField()
    side = _choice(Side)
    type = _choice(OrderType)
    time_in_force = _choice(TimeInForce)
    post_only = serializers.BooleanField()
    price = serializers.CharField(allow_null=True)
    quantity = serializers.CharField(allow_null=True)
    quote_budget = serializers.CharField(allow_null=True)
    self_trade_prevention = _choice(SelfTradePrevention)
    status = _choice(OrderStatus)
    close_reason = _choice(CloseReason, null=True)
    reject_reason = _choice(RejectReason, null=True)
    filled_quantity = serializers.CharField()
    remaining_quantity = serializers.CharField(
        allow_null=True, help_text="What was not filled; null for an order by budget alone."
    )
    prevented_quantity = serializers.CharField(help_text="What self-trade prevention took off.")
    filled_quote = serializers.CharField(help_text="What the fills were worth, without the fee.")
    fee = serializers.CharField(help_text="Charged so far, in fee_asset.")
    fee_asset = serializers.CharField()
    created_at_ms = serializers.IntegerField()
    updated_at_ms = serializers.IntegerField()


class FillDocument(serializers.Serializer[object]):
    trade_id = serializers.CharField()
    order_id = serializers.CharField()
    market = serializers.CharField()
    side = _choice(Side)
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


class OneOrderDocument(serializers.Serializer[object]):
    order = OrderDocument()
    fills = FillDocument(many=True)


class PendingOrderDocument(serializers.Serializer[object]):
    client_order_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[_PENDING])


class PendingDocument(serializers.Serializer[object]):
    """The placement is queued: the engine has not read it yet."""

    order = PendingOrderDocument()


class CanceledDocument(serializers.Serializer[object]):
    order = OrderDocument()


class CanceledAllDocument(serializers.Serializer[object]):
    canceled_order_ids = serializers.ListField(child=serializers.CharField())


class OrdersDocument(serializers.Serializer[object]):
    orders = OrderDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class FillsDocument(serializers.Serializer[object]):
    fills = FillDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class MarketDocument(serializers.Serializer[object]):
    symbol = serializers.CharField()
    status = serializers.CharField()
    base_asset = serializers.CharField()
    quote_asset = serializers.CharField()
    base_decimals = serializers.IntegerField()
    quote_decimals = serializers.IntegerField()
    tick_size = serializers.CharField()
    lot_size = serializers.CharField()
    min_notional = serializers.CharField()
    max_notional = serializers.CharField()
    max_open_orders = serializers.IntegerField()
    maker_fee_ppm = serializers.IntegerField(help_text="Millionths of the quote amount.")
    taker_fee_ppm = serializers.IntegerField(help_text="Millionths of the quote amount.")


class MarketsDocument(serializers.Serializer[object]):
    markets = MarketDocument(many=True)


class OneMarketDocument(serializers.Serializer[object]):
    market = MarketDocument()


class BookDocument(serializers.Serializer[object]):
    """Levels are [price, quantity], best first; `sequence` is the engine's last command in it."""

    market = serializers.CharField()
    sequence = serializers.IntegerField()
    time_ms = serializers.IntegerField()
    bids = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    asks = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class PublicTradeDocument(serializers.Serializer[object]):
    trade_id = serializers.CharField(help_text="Counts from 1 in each market.")
    price = serializers.CharField()
    quantity = serializers.CharField()
    quote_amount = serializers.CharField()
    taker_side = _choice(Side)
    time_ms = serializers.IntegerField()


class TradesDocument(serializers.Serializer[object]):
    trades = PublicTradeDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class WalletDocument(serializers.Serializer[object]):
    """`funding_pending` is on its way out of the funding wallet; `trading_locked` is held by open orders."""

    asset = serializers.CharField()
    funding_available = serializers.CharField()
    funding_pending = serializers.CharField()
    trading_free = serializers.CharField()
    trading_locked = serializers.CharField()


class BalancesDocument(serializers.Serializer[object]):
    balances = WalletDocument(many=True)


class TransferDocument(serializers.Serializer[object]):
    transfer_id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.CharField()
    from_wallet = serializers.CharField()
    to_wallet = serializers.CharField()
    status = serializers.ChoiceField(choices=["PENDING", "POSTED", "REFUSED"])
    reject_reason = serializers.CharField(allow_null=True)
    created_at_ms = serializers.IntegerField()


class OneTransferDocument(serializers.Serializer[object]):
    transfer = TransferDocument()


class TransfersDocument(serializers.Serializer[object]):
    transfers = TransferDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class FaucetDocument(serializers.Serializer[object]):
    asset = serializers.CharField()
    amount = serializers.CharField()
    funding_available = serializers.CharField()
