"""Where a stream's name leads: to a market's live data, or to the account of a listen key."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable

from access.messages import Head
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription
from access.threads import in_thread
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.spot.streams.hub import stream_hub
from exchange.compat.binance.spot.streams.names import read_name
from exchange.compat.binance.spot.streams.topic import Holder, StreamSubscription
from exchange.compat.binance.spot.user_data.events import Event
from exchange.compat.binance.spot.user_data.keys import LENGTH
from exchange.compat.binance.spot.user_data.listen_key_stream import ListenKeySubscription, open_listen_key
from exchange.compat.binance.symbols import markets_by_symbol

_LISTEN_KEY = re.compile(f"[A-Za-z0-9]{{{LENGTH}}}", re.ASCII)

Opening = Callable[[Connection, Holder], Subscription]
Source = Callable[[Head, str], Awaitable[Opening | None]]


async def _market_stream(head: Head, text: str) -> Opening | None:
    name = read_name(text)
    topic = None if name is None else await stream_hub().find(name)
    if topic is None:
        return None

    def opening(connection: Connection, holder: Holder) -> Subscription:
        return StreamSubscription(connection.outbox, topic, holder, text)

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


MAX_LISTEN_KEYS = 16  # that one request asks for: each is looked for in Redis and in the database


class UnknownStream(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name[:64]


async def find_openings(head: Head, names: Iterable[str]) -> list[tuple[str, Opening]]:
    """For the connection with this head. Raises UnknownStream, and what a source refuses with.

    Side by side: where there is no live data each of them waits for it. Names that lead nowhere are refused
    first, together: a thousand of them, looked for one by one, would hold the process up."""
    wanted = list(names)
    await _check(wanted)
    found = await asyncio.gather(*(_find(head, name) for name in wanted))
    openings: list[tuple[str, Opening]] = []
    for name, opening in zip(wanted, found, strict=True):
        if opening is None:
            raise UnknownStream(name)
        openings.append((name, opening))
    return openings


async def _check(names: list[str]) -> None:
    of_markets = [text for text in names if _LISTEN_KEY.fullmatch(text) is None]
    if len(names) - len(of_markets) > MAX_LISTEN_KEYS:
        raise Refusal(-1130, f"A request asks for at most {MAX_LISTEN_KEYS} listen keys.")
    known = await in_thread(markets_by_symbol) if of_markets else {}
    for text in of_markets:
        name = read_name(text)
        if name is None or (name.symbol and name.symbol not in known):
            raise UnknownStream(text)


async def _find(head: Head, name: str) -> Opening | None:
    for source in SOURCES:
        opening = await source(head, name)
        if opening is not None:
            return opening
    return None
