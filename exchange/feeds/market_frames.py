"""How live market data looks on a socket. Each frame is made once for all who get it."""

from collections.abc import Sequence

from access.sockets.frames import Frame, encode
from exchange.feeds.book import AssembledBook
from exchange.live_wire import MarketMessage, PublicTrade
from exchange.models import Market
from exchange.rendering import NS_PER_MS, render_levels, render_public_trade


def book_snapshot(market: Market, book: AssembledBook) -> Frame:
    return encode(
        {
            "channel": "book",
            "type": "snapshot",
            "market": market.symbol,
            "sequence": book.sequence,
            "time_ms": book.timestamp_ns // NS_PER_MS,
            "bids": render_levels(book.bids, market),
            "asks": render_levels(book.asks, market),
        }
    )


def book_update(market: Market, first_sequence: int, message: MarketMessage) -> Frame:
    """`first_sequence`: the first command that whoever has read everything has not heard of."""
    return encode(
        {
            "channel": "book",
            "type": "update",
            "market": market.symbol,
            "first_sequence": first_sequence,
            "sequence": message.last_sequence,
            "time_ms": message.timestamp_ns // NS_PER_MS,
            "bids": render_levels(message.bids, market),
            "asks": render_levels(message.asks, market),
        }
    )


def trades(market: Market, kind: str, made: Sequence[PublicTrade]) -> Frame:
    """Oldest first."""
    shown = [render_public_trade(trade, market) for trade in made]
    return encode({"channel": "trades", "type": kind, "market": market.symbol, "trades": shown})


def resync(channel: str, market: Market) -> Frame:
    """Something was missed: what comes next replaces all that was known."""
    return encode({"channel": channel, "type": "resync", "market": market.symbol})
