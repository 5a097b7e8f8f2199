"""How market events look in Binance's words. Pure, but for the time at which an event is told."""

from typing import Any

from exchange.candles import Bar
from exchange.compat.binance.sockets.dialect import now_ms
from exchange.compat.binance.spot.aggregates import Aggregate, render_aggregate
from exchange.compat.binance.symbols import symbol_of
from exchange.engine.types import Side
from exchange.feeds.book import AssembledBook
from exchange.live_wire import Levels, PublicTrade
from exchange.models import Market
from exchange.rendering import NS_PER_MS, render_levels, render_price, render_quantity
from ledger.money import format_atoms

Content = dict[str, Any]
_GONE = "0.00000000"


def event(kind: str, market: Market) -> Content:
    return {"e": kind, "E": now_ms(), "s": symbol_of(market)}


def diff(market: Market, first: int, last: int, bids: Levels, asks: Levels) -> Content:
    """What the updates `first..last` have changed; quantity 0: the price is gone."""
    levels = {"b": _changed(bids, market), "a": _changed(asks, market)}
    return {**event("depthUpdate", market), "U": first, "u": last, **levels}


def _changed(levels: Levels, market: Market) -> list[list[str]]:
    """python-binance takes no other text than Binance's for nothing, whatever a lot is."""
    rendered = render_levels(levels, market)
    for level, (_, lots) in zip(rendered, levels, strict=True):
        if not lots:
            level[1] = _GONE
    return rendered


def partial(market: Market, sequence: int, bids: Levels, asks: Levels) -> Content:
    shown = {"bids": render_levels(bids, market), "asks": render_levels(asks, market)}
    return {"lastUpdateId": sequence, **shown}


def book_ticker(market: Market, book: AssembledBook) -> Content:
    """A side without orders is 0 at 0."""
    (bid, bid_lots) = (book.bid_side.highest(1) or [(0, 0)])[0]
    (ask, ask_lots) = (book.ask_side.lowest(1) or [(0, 0)])[0]
    return {
        "u": book.sequence,
        "s": symbol_of(market),
        "b": render_price(market, bid),
        "B": render_quantity(market, bid_lots),
        "a": render_price(market, ask),
        "A": render_quantity(market, ask_lots),
    }


def trade(market: Market, made: PublicTrade) -> Content:
    return {
        **event("trade", market),
        "t": made.trade_id,
        "p": render_price(market, made.price_ticks),
        "q": render_quantity(market, made.quantity_lots),
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
        "o": render_price(market, bar.open_ticks),
        "c": render_price(market, bar.close_ticks),
        "h": render_price(market, bar.high_ticks),
        "l": render_price(market, bar.low_ticks),
        "v": render_quantity(market, bar.volume_lots),
        "n": bar.trades,
        "x": is_closed,
        "q": format_atoms(bar.volume_quote_atoms, market.quote_decimals),
        "V": render_quantity(market, bar.taker_buy_lots),
        "Q": format_atoms(bar.taker_buy_quote_atoms, market.quote_decimals),
        "B": "0",
    }
    return {**event("kline", market), "k": candle}
