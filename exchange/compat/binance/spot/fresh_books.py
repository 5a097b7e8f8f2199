"""The book that is asked for, never older than what this process's streams have told of it.

The engine keeps the book in Redis at most twenty times a second, and sends messages a hundred times a second:
who follows a stream and asks then for the book would miss what lies between. So he waits for the next one.
"""

import asyncio
import time

from exchange.api.session import read_books
from exchange.broadcast import BookSnapshot
from exchange.feeds.hub import heard_of

LAG_SECONDS = 0.1  # twice the time between two books
_PAUSE_SECONDS = 0.01


async def fresh_book(market: str) -> BookSnapshot | None:
    """None where there is none. Waits no longer than `LAG_SECONDS`, and only where somebody listens."""
    heard = heard_of(market)
    ends = time.monotonic() + LAG_SECONDS
    while True:
        (book,) = await read_books([market])
        if heard is None or book is None or time.monotonic() >= ends:
            return book
        known, since = heard
        if known is None:
            # Somebody has just begun to listen: what was sent before that is in a book by then.
            if time.monotonic() - since >= LAG_SECONDS:
                return book
        elif book.sequence >= known:
            return book
        await asyncio.sleep(_PAUSE_SECONDS)
