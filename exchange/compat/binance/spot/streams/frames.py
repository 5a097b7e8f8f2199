"""How market events look in Binance's words. Pure, but for the time at which an event is told."""

from typing import Any

from exchange.candles import Bar
from exchange.compat.binance.amounts import level_texts, price_text, quantity_text, quote_text
from exchange.compat.binance.sockets.dialect import now_ms
from exchange.compat.binance.spot.aggregates import Aggregate, render_aggregate
from exchange.compat.binance.symbols import symbol_of
from exchange.engine.types import Side
from exchange.feeds.book import AssembledBook
from exchange.live_wire import Levels, PublicTrade
from exchange.models import Market
from exchange.rendering import NS_PER_MS

Content = dict[str, Any]


def event(kind: str, market: Market) -> Content:
    return {"e": kind, "E": now_ms(), "s": symbol_of(market)}


def diff(market: Market, first: int, last: int, bids: Levels, asks: Levels) -> Content:
    """What the updates `first..last` have changed; quantity 0: the price is gone."""
    levels = {"b": level_texts(bids, market), "a": level_texts(asks, market)}
    return {**event("depthUpdate", market), "U": first, "u": last, **levels}


def partial(market: Market, sequence: int, bids: Levels, asks: Levels) -> Content:
    shown = {"bids": level_texts(bids, market), "asks": level_texts(asks, market)}
    return {"lastUpdateId": sequence, **shown}


def book_ticker(market: Market, book: AssembledBook) -> Content:
    """A side without orders is 0 at 0."""
    (bid, bid_lots) = (book.bid_side.highest(1) or [(0, 0)])[0]
    (ask, ask_lots) = (book.ask_side.lowest(1) or [(0, 0)])[0]
    return {
        "u": book.sequence,
        "s": symbol_of(market),
        "b": price_text(market, bid),
        "B": quantity_text(market, bid_lots),
        "a": price_text(market, ask),
        "A": quantity_text(market, ask_lots),
    }


def trade(market: Market, made: PublicTrade) -> Content:
    return {
        **event("trade", market),
        "t": made.trade_id,
        "p": price_text(market, made.price_ticks),
        "q": quantity_text(market, made.quantity_lots),
        "T": made.timestamp_ns // NS_PER_MS,
        "m": made.taker_side == Side.SELL,
        "M": True,
    }


def aggregate(market: Market, folded: Aggregate) -> Content:
    return {**event("aggTrade", market), **render_aggregate(folded, market)}


def kline(market: Market, interval: str, bar: Bar, end_s: int, *, is_closed: bool) -> Content:
    """Of a candle without a trade the ids of its first and last are -1."""
    candle = {
        "t": bar.start_s * 1_000,
        "T": end_s * 1_000 - 1,
        "s": symbol_of(market),
        "i": interval,
        "f": bar.first_trade_id if bar.trades else -1,
        "L": bar.last_trade_id if bar.trades else -1,
        "o": price_text(market, bar.open_ticks),
        "c": price_text(market, bar.close_ticks),
        "h": price_text(market, bar.high_ticks),
        "l": price_text(market, bar.low_ticks),
        "v": quantity_text(market, bar.volume_lots),
        "n": bar.trades,
        "x": is_closed,
        "q": quote_text(market, bar.volume_quote_atoms),
        "V": quantity_text(market, bar.taker_buy_lots),
        "Q": quote_text(market, bar.taker_buy_quote_atoms),
        "B": "0",
    }
    return {**event("kline", market), "k": candle}
