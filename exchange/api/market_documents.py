"""What the answers about markets look like, for the OpenAPI document."""

from rest_framework import serializers

from exchange.api.order_documents import choice
from exchange.engine.types import MarketStatus, Side
from exchange.models import LanePolicy


class BreakerDocument(serializers.Serializer[object]):
    """No trade is further than `move_ppm` millionths from `price`; then the market takes cancels only."""

    move_ppm = serializers.IntegerField()
    window_ms = serializers.IntegerField(help_text="After each window `price` is the last price again.")
    halt_ms = serializers.IntegerField(allow_null=True, help_text="null: until an operator ends it.")
    price = serializers.CharField(allow_null=True)
    since_ms = serializers.IntegerField(allow_null=True)


class MarketDocument(serializers.Serializer[object]):
    symbol = serializers.CharField()
    status = choice(
        MarketStatus,
        help_text="What it takes. OPEN: all; POST_ONLY: what only adds to the book, and cancels; CANCEL_ONLY:"
        " cancels; HALTED: nothing.",
    )
    opens_at_ms = serializers.IntegerField(
        allow_null=True, help_text="When a halt by the breaker ends by itself."
    )
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
    reference_price = serializers.CharField(
        allow_null=True, help_text="What the price band stands around; null: the last trade."
    )
    band_ppm = serializers.IntegerField(
        allow_null=True, help_text="How far from it a price may be, in millionths; null: no band."
    )
    breaker = BreakerDocument(allow_null=True, help_text="null: no circuit breaker.")
    lane_policy = serializers.ChoiceField(
        choices=LanePolicy.values, help_text="How commands that arrive together are put in order."
    )
    shard = serializers.IntegerField(
        help_text="Whose trading account its orders use: a balance and a transfer name the same."
    )


class MarketsDocument(serializers.Serializer[object]):
    markets = MarketDocument(many=True)


class OneMarketDocument(serializers.Serializer[object]):
    market = MarketDocument()


def _level() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2)


class BookDocument(serializers.Serializer[object]):
    """Levels are [price, quantity], best first; `sequence` is the engine's last command in it."""

    market = serializers.CharField()
    sequence = serializers.IntegerField()
    time_ms = serializers.IntegerField()
    bids = serializers.ListField(child=_level())
    asks = serializers.ListField(child=_level())


class PublicTradeDocument(serializers.Serializer[object]):
    trade_id = serializers.CharField(help_text="Counts from 1 in each market.")
    price = serializers.CharField()
    quantity = serializers.CharField()
    quote_amount = serializers.CharField()
    taker_side = choice(Side)
    time_ms = serializers.IntegerField()


class TradesDocument(serializers.Serializer[object]):
    trades = PublicTradeDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class TickerDocument(serializers.Serializer[object]):
    """Of the last 24 hours, to the minute. Prices are null where there was no trade."""

    market = serializers.CharField()
    status = choice(MarketStatus)
    last_price = serializers.CharField(allow_null=True, help_text="Of the last trade, however old.")
    open_price = serializers.CharField(allow_null=True, help_text="24 hours ago.")
    high_price = serializers.CharField(allow_null=True)
    low_price = serializers.CharField(allow_null=True)
    price_change = serializers.CharField(allow_null=True)
    price_change_ppm = serializers.IntegerField(allow_null=True, help_text="Millionths, rounded down.")
    volume = serializers.CharField(help_text="In base.")
    quote_volume = serializers.CharField()
    trades = serializers.IntegerField()
    best_bid = serializers.CharField(allow_null=True)
    best_bid_quantity = serializers.CharField(allow_null=True)
    best_ask = serializers.CharField(allow_null=True)
    best_ask_quantity = serializers.CharField(allow_null=True)
    time_ms = serializers.IntegerField()


class TickersDocument(serializers.Serializer[object]):
    tickers = TickerDocument(many=True)


class OneTickerDocument(serializers.Serializer[object]):
    ticker = TickerDocument()


class CandleDocument(serializers.Serializer[object]):
    start_ms = serializers.IntegerField()
    open = serializers.CharField()
    high = serializers.CharField()
    low = serializers.CharField()
    close = serializers.CharField()
    volume = serializers.CharField(help_text="In base.")
    quote_volume = serializers.CharField()
    taker_buy_volume = serializers.CharField(help_text="The part of it that buyers took.")
    taker_buy_quote_volume = serializers.CharField()
    trades = serializers.IntegerField()


class CandlesDocument(serializers.Serializer[object]):
    market = serializers.CharField()
    interval = serializers.CharField()
    candles = CandleDocument(many=True)
