"""Where a stream's name leads: to a market's live data, or to the account of a listen key."""

import re
from collections.abc import Awaitable, Callable

from access.messages import Head
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription
from exchange.compat.binance.spot.streams.hub import stream_hub
from exchange.compat.binance.spot.streams.names import read_name
from exchange.compat.binance.spot.streams.topic import Holder, StreamSubscription
from exchange.compat.binance.spot.user_data.events import Event
from exchange.compat.binance.spot.user_data.keys import LENGTH
from exchange.compat.binance.spot.user_data.listen_key_stream import ListenKeySubscription, open_listen_key

_LISTEN_KEY = re.compile(f"[A-Za-z0-9]{{{LENGTH}}}", re.ASCII)

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


async def _account_stream(head: Head, text: str) -> Opening | None:
    """A listen key. Raises Refusal."""
    if _LISTEN_KEY.fullmatch(text) is None:
        return None
    opened = await open_listen_key(head, text)

    def opening(connection: Connection, holder: Holder) -> Subscription:
        def wrap(event: Event) -> object:
            return {"stream": text, "data": event} if holder.combined else event

        return ListenKeySubscription(connection, opened, wrap, text)

    return opening


SOURCES: list[Source] = [_market_stream, _account_stream]
"""Each gives what makes a connection's subscription to the stream of this name, or None: it knows none."""


async def find_opening(head: Head, name: str) -> Opening | None:
    """For the connection with this head. None: there is no such stream. Raises what its source does."""
    for source in SOURCES:
        opening = await source(head, name)
        if opening is not None:
            return opening
    return None
