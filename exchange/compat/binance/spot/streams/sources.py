"""Where a stream's name leads: to a market's live data, or to what else says that it knows the name."""

from collections.abc import Awaitable, Callable

from access.messages import Head
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription
from exchange.compat.binance.spot.streams.hub import stream_hub
from exchange.compat.binance.spot.streams.names import read_name
from exchange.compat.binance.spot.streams.topic import Holder, StreamSubscription

Opening = Callable[[Connection, Holder], Subscription]
Source = Callable[[Head, str], Awaitable[Opening | None]]


async def _market_stream(head: Head, text: str) -> Opening | None:
    name = read_name(text)
    topic = None if name is None else await stream_hub().find(name)
    if topic is None:
        return None

    def opening(connection: Connection, holder: Holder) -> Subscription:
        return StreamSubscription(connection.outbox, topic, holder)

    return opening


SOURCES: list[Source] = [_market_stream]
"""Each gives what makes a connection's subscription to the stream of this name, or None: it knows none."""


async def find_opening(head: Head, name: str) -> Opening | None:
    """For the connection with this head. None: there is no such stream. Raises what its source does."""
    for source in SOURCES:
        opening = await source(head, name)
        if opening is not None:
            return opening
    return None
