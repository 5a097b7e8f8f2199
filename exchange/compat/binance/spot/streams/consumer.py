"""The paths of streams: `/ws/<stream>/...` as they are, `/stream?streams=<stream>/...` wrapped.

A number in a path is no stream: some clients count their connections so. Any other name that is unknown there
is refused before the connection is accepted, as is an upper-case symbol.
"""

from urllib.parse import parse_qsl

from access.messages import Head
from access.sockets.connection import Connection
from access.sockets.consumer import HEAD
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.sockets.consumer import BinanceConsumer
from exchange.compat.binance.sockets.dialect import MAX_STREAMS
from exchange.compat.binance.spot.streams.dialect import StreamsDialect
from exchange.compat.binance.spot.streams.sources import Opening, UnknownStream, find_openings

STREAMS = "streams"


class StreamsConsumer(BinanceConsumer):
    """`combined` and `names` of the route: whether frames are wrapped, and the rest of the path."""

    _dialect: StreamsDialect

    async def open_dialect(self) -> StreamsDialect:
        arguments = self.scope["url_route"]["kwargs"]
        combined = bool(arguments.get("combined", False))
        text = arguments.get("names") or ""
        if combined:
            text = _asked(self.scope["query_string"])
        self._dialect = StreamsDialect(await _openings(self.scope[HEAD], text), combined=combined)
        return self._dialect

    async def begin(self, connection: Connection) -> None:
        self._dialect.begin(connection)


def _asked(query: bytes) -> str:
    try:
        return dict(parse_qsl(query.decode("ascii"), errors="strict", max_num_fields=16)).get(STREAMS, "")
    except ValueError:
        raise _unknown(STREAMS) from None


async def _openings(head: Head, text: str) -> list[tuple[str, Opening]]:
    """Raises Refusal."""
    names = [name for name in dict.fromkeys(text.split("/")) if name and not name.isdecimal()]
    if len(names) > MAX_STREAMS:
        raise Refusal(-1130, f"A connection listens to at most {MAX_STREAMS} streams.")
    try:
        return await find_openings(head, names)
    except UnknownStream as error:
        raise _unknown(error.name) from None


def _unknown(name: str) -> Refusal:
    return Refusal(-1130, f"There is no stream '{name}'.")
