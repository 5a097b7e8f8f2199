"""What every Binance path speaks: requests by method, nothing unasked but events, an end after a day.

How answers and refusals look differs by path: each has its own subclass. One that keeps something about a
connection (whether its frames are wrapped) is made anew for each.
"""

import time

from access.sockets.connection import Connection
from access.sockets.dialect import Content, SocketLimits
from access.sockets.frames import Frame, encode
from exchange.compat.binance.sockets.requests import Misshapen, Request, read_request
from exchange.rendering import NS_PER_MS

LIFE_SECONDS = 24 * 60 * 60.0
MAX_STREAMS = 1_024
MESSAGES_A_SECOND = 5
LIMITS = SocketLimits(
    subscriptions=MAX_STREAMS,
    controls=(MESSAGES_A_SECOND, 2 * MESSAGES_A_SECOND),  # two of its seconds may lie side by side
    patience=(0, 0),
    life_seconds=LIFE_SECONDS,
)


class BinanceDialect:
    limits = LIMITS

    def welcome(self, connection: Connection) -> Frame | None:
        return None

    async def receive(self, connection: Connection, text: str) -> None:
        """Reads the request and carries it out. Whoever was closed meanwhile is answered nothing."""
        number: object = None
        try:
            request = read_request(text)
            number = request.number
            await self.carry_out(connection, request)
        except Exception as error:  # noqa: BLE001 (whatever it is, the client gets an answer)
            number = error.number if isinstance(error, Misshapen) else number
            if not connection.is_closing:
                connection.refuse(number, error)

    async def carry_out(self, connection: Connection, request: Request) -> None:
        """Count it, do it, and send the answer. What it raises is refused; `connection.count_control` and
        `connection.take_in` are there to count and to do things side by side."""
        raise NotImplementedError

    def answer(self, number: object, result: object) -> Frame:
        raise NotImplementedError

    def refusal(self, number: object, error: Exception) -> Frame:
        """Of a Refusal, a DomainError, NotJson, Misshapen, or a mistake of ours."""
        raise NotImplementedError

    def is_refusal(self, error: Exception) -> bool:
        raise NotImplementedError

    def heartbeat(self) -> Frame | None:
        return None

    def notice(self, content: Content) -> Frame | None:
        return None

    def shutdown(self) -> Frame:
        return encode(server_shutdown())


def server_shutdown() -> Content:
    return {"e": "serverShutdown", "E": now_ms()}


def now_ms() -> int:
    return time.time_ns() // NS_PER_MS
