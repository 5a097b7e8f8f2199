"""The book that is asked for, never older than what this process's streams tell of it.

The book in Redis is written twenty times a second, by a living engine only; streams follow each message and
begin with what is committed. Who follows one and asks then for the book would miss what lies between.
"""

import asyncio
import time

from exchange.api.session import read_books
from exchange.broadcast import BOOK_DEPTH, BookSnapshot
from exchange.feeds.hub import feed_of

LOADING_SECONDS = 1.0
_PAUSE_SECONDS = 0.01


async def fresh_book(market: str) -> BookSnapshot | None:
    """Where somebody listens the book that is kept for him, once it is loaded, else what the engine wrote.
    None where there is neither."""
    feed = feed_of(market)
    ends = time.monotonic() + LOADING_SECONDS
    while feed is not None and feed.is_loading and time.monotonic() < ends:
        await asyncio.sleep(_PAUSE_SECONDS)
    if feed is None or feed.book is None:
        (written,) = await read_books([market])
        return written
    book = feed.book
    bids, asks = book.bid_side.highest(BOOK_DEPTH), book.ask_side.lowest(BOOK_DEPTH)
    return BookSnapshot(book.sequence, book.timestamp_ns, bids, asks)
