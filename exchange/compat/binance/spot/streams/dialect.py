"""What is spoken on the paths of streams: SUBSCRIBE and the like, and how their mistakes are told.

Each connection has one of its own: it knows whether its frames are wrapped.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from access.errors import DomainError
from access.sockets.connection import Connection
from access.sockets.frames import Frame, encode
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.sockets.dialect import MAX_STREAMS, BinanceDialect
from exchange.compat.binance.sockets.requests import Misshapen, NotJson, Request
from exchange.compat.binance.spot.streams.sources import Opening, UnknownStream, find_openings
from exchange.compat.binance.translation import refusal_of

COMBINED = "combined"


class StreamRefusal(Exception):
    """In the numbers of streams: 0 an unknown property, 1 a value of another type, 2 a request that is none,
    3 no JSON."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"{number} {message}")
        self.number = number
        self.message = message


def invalid(message: str) -> StreamRefusal:
    return StreamRefusal(2, f"Invalid request: {message}")


Openings = Sequence[tuple[str, Opening]]
Method = Callable[["StreamsDialect", Connection, Any], Awaitable[object]]


class StreamsDialect(BinanceDialect):
    """`openings`: what the path asked for."""

    def __init__(self, openings: Openings = (), *, combined: bool) -> None:
        self.combined = combined
        self._openings = openings

    def begin(self, connection: Connection) -> None:
        self._open(connection, self._openings)
        self._openings = ()

    def _open(self, connection: Connection, openings: Openings) -> None:
        for name, opening in openings:
            if name not in connection.subscriptions:
                connection.subscriptions[name] = subscription = opening(connection, self)
                subscription.begin()

    async def carry_out(self, connection: Connection, request: Request) -> None:
        connection.count_control()
        if request.method == "SUBSCRIBE":
            await self._subscribe(connection, request)
            return
        method = _METHODS.get(request.method)
        if method is None:
            expected = ", ".join(f"`{name}`" for name in ("SUBSCRIBE", *_METHODS))
            raise invalid(f"unknown variant `{request.method[:64]}`, expected one of {expected}")
        connection.send(self.answer(request.number, method(self, connection, request.params)))

    async def _subscribe(self, connection: Connection, request: Request) -> None:
        """All of them, or none."""
        names = [name for name in _names(request.params) if name not in connection.subscriptions]
        if len(connection.subscriptions) + len(names) > MAX_STREAMS:
            raise invalid(f"a connection listens to at most {MAX_STREAMS} streams")
        openings = await find_openings(connection.head, names)
        connection.send(self.answer(request.number, None))
        self._open(connection, openings)

    def unsubscribe(self, connection: Connection, params: Any) -> None:
        for name in _names(params):
            if name in connection.subscriptions:
                connection.unsubscribe(name)

    def list_subscriptions(self, connection: Connection, params: Any) -> list[str]:
        return list(connection.subscriptions)

    def set_property(self, connection: Connection, params: Any) -> None:
        value = _property(params, 2)[1]
        if type(value) is not bool:
            raise StreamRefusal(1, "Invalid value type: expected Boolean")
        self.combined = value

    def get_property(self, connection: Connection, params: Any) -> bool:
        _property(params, 1)
        return self.combined

    def answer(self, number: object, result: object) -> Frame:
        return encode({"result": result, "id": number})

    def refusal(self, number: object, error: Exception) -> Frame:
        told = _told(error)
        return encode({"error": {"code": told.number, "msg": told.message}, "id": number})

    def is_refusal(self, error: Exception) -> bool:
        return isinstance(error, StreamRefusal | UnknownStream | NotJson | Misshapen | DomainError | Refusal)


_METHODS: dict[str, Callable[[StreamsDialect, Connection, Any], object]] = {
    "UNSUBSCRIBE": StreamsDialect.unsubscribe,
    "LIST_SUBSCRIPTIONS": StreamsDialect.list_subscriptions,
    "SET_PROPERTY": StreamsDialect.set_property,
    "GET_PROPERTY": StreamsDialect.get_property,
}


def _told(error: Exception) -> StreamRefusal | Refusal:
    if isinstance(error, StreamRefusal):
        return error
    if isinstance(error, UnknownStream):
        return invalid(f"unknown stream `{error.name}`")
    if isinstance(error, NotJson):
        return StreamRefusal(3, "Invalid JSON: expected one object")
    if isinstance(error, Misshapen):
        if error.is_missing:
            return invalid(f"missing field `{error.member}`")
        what = "request ID must be an integer or a short string" if error.member == "id" else "invalid method"
        return invalid(what)
    return refusal_of(error)


def _names(params: Any) -> list[str]:
    """Each once."""
    if type(params) is not list or not all(type(name) is str for name in params):
        raise invalid("params must be an array of stream names")
    return list(dict.fromkeys(params))


def _property(params: Any, count: int) -> list[Any]:
    if type(params) is not list or not params or type(params[0]) is not str:
        raise invalid("property name must be a string")
    if len(params) > count:
        raise invalid("too many parameters")
    if params[0] != COMBINED:
        raise StreamRefusal(0, "Unknown property")
    if len(params) < count:
        raise StreamRefusal(1, "Invalid value type: expected Boolean")
    return params
