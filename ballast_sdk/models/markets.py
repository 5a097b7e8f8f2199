"""Types of the API: what answers about markets are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import LanePolicy, MarketStatus, Side


class Book(Model, frozen=True, kw_only=True):
    """Levels are [price, quantity], best first; `sequence` is the engine's last command in it."""

    market: str
    sequence: int
    time_ms: int
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class Breaker(Model, frozen=True, kw_only=True):
    """No trade is further than `move_ppm` millionths from `price`; then the market takes cancels only.

    window_ms: After each window `price` is the last price again.
    halt_ms: null: until an operator ends it.
    """

    move_ppm: int
    window_ms: int
    halt_ms: int | None
    price: str | None
    since_ms: int | None


class Candle(Model, frozen=True, kw_only=True):
    """volume: In base.
    taker_buy_volume: The part of it that buyers took.
    """

    start_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    quote_volume: str
    taker_buy_volume: str
    taker_buy_quote_volume: str
    trades: int


class Candles(Model, frozen=True, kw_only=True):
    market: str
    interval: str
    candles: list[Candle]


class Market(Model, frozen=True, kw_only=True):
    """status: What it takes. OPEN: all; POST_ONLY: what only adds to the book, and cancels; CANCEL_ONLY:
        cancels; HALTED: nothing.
    opens_at_ms: When a halt by the breaker ends by itself.
    maker_fee_ppm: Millionths of the quote amount.
    taker_fee_ppm: Millionths of the quote amount.
    reference_price: What the price band stands around; null: the last trade.
    band_ppm: How far from it a price may be, in millionths; null: no band.
    breaker: null: no circuit breaker.
    lane_policy: How commands that arrive together are put in order.
    shard: Whose trading account its orders use: a balance and a transfer name the same.
    """

    symbol: str
    status: MarketStatus
    opens_at_ms: int | None
    base_asset: str
    quote_asset: str
    base_decimals: int
    quote_decimals: int
    tick_size: str
    lot_size: str
    min_notional: str
    max_notional: str
    max_open_orders: int
    maker_fee_ppm: int
    taker_fee_ppm: int
    reference_price: str | None
    band_ppm: int | None
    breaker: Breaker | None
    lane_policy: LanePolicy
    shard: int


class Ticker(Model, frozen=True, kw_only=True):
    """Of the last 24 hours, to the minute. Prices are null where there was no trade.

    last_price: Of the last trade, however old.
    open_price: 24 hours ago.
    price_change_ppm: Millionths, rounded down.
    volume: In base.
    """

    market: str
    status: MarketStatus
    last_price: str | None
    open_price: str | None
    high_price: str | None
    low_price: str | None
    price_change: str | None
    price_change_ppm: int | None
    volume: str
    quote_volume: str
    trades: int
    best_bid: str | None
    best_bid_quantity: str | None
    best_ask: str | None
    best_ask_quantity: str | None
    time_ms: int


class PublicTrade(Model, frozen=True, kw_only=True):
    """trade_id: Counts from 1 in each market."""

    trade_id: str
    price: str
    quantity: str
    quote_amount: str
    taker_side: Side
    time_ms: int


class Trades(Model, frozen=True, kw_only=True):
    trades: list[PublicTrade]
    next_cursor: str | None
