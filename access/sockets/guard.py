"""uvicorn's websocket protocol with what it lacks: limits on what costs a client nothing, and a fast way out.

Run uvicorn with `--ws access.sockets.guard:GuardedSocket`. It never compresses, so there is no bomb.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.utils import ClientDisconnected
from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol

from access.sockets.frames import payload_of
from access.sockets.paced import PacedSocket

MAX_FRAME_BYTES = 64 * 1024
MAX_FRAGMENTS = 64
PING_SECONDS = 10.0  # so a connection whose other end is gone is closed within twenty
MAX_PINGS = 20  # of the client, unasked pongs too, in each of our own intervals
SEND_BUFFER_BYTES = 256 * 1024  # what the kernel keeps for a client that does not read
CLOSE_SECONDS = 1.0
SHUTDOWN_SECONDS = 0.5
FRAMES = "ballast.frames"  # the scope's extension: `websocket.send` takes whole frames as bytes
FAREWELL = "farewell"  # in it: what makes the last frame, where whoever took the connection has one

INVALID_DATA = 1007
POLICY_VIOLATION = 1008
SERVICE_RESTART = 1012

_logger = logging.getLogger("access.sockets.protocol")
_logger.setLevel(logging.WARNING)  # a line for each connection would cost the connection


class GuardedSocket(PacedSocket):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logger = _logger
        self.conn = ServerProtocol(max_size=MAX_FRAME_BYTES, logger=_logger)
        self.ping_interval = self.ping_timeout = PING_SECONDS
        self._pings = 0
        self._pings_since = self.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][FRAMES] = {}

    def send_keepalive_ping(self) -> None:
        """With the time as text in it, as Binance does: nautilus_trader answers nothing but UTF-8."""
        self.ping_timer = None
        if self.close_sent or self.transport.is_closing():
            return
        self.pending_ping_payload = str(time.time_ns() // 1_000_000).encode()
        self.ping_sent_at = self.loop.time()
        self.conn.send_ping(self.pending_ping_payload)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.pong_timer = self.loop.call_later(PING_SECONDS, self.keepalive_timeout)

    def handle_ping(self) -> None:
        if self._may_ping():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._may_ping():
            super().handle_pong(event)

    def _may_ping(self) -> bool:
        now = self.loop.time()
        if now - self._pings_since >= PING_SECONDS:
            self._pings, self._pings_since = 0, now
        self._pings += 1
        if self._pings > MAX_PINGS:
            self._fail(POLICY_VIOLATION, "too many pings")
        return self._pings <= MAX_PINGS

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MAX_FRAGMENTS:
            self._fail(POLICY_VIOLATION, "too many fragments")
        else:
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                self._fail(INVALID_DATA, "text is UTF-8")
                return
        super().send_receive_event_to_app()

    def _fail(self, code: int, reason: str) -> None:
        if self.close_sent:
            return
        self.conn.fail(code, reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self._leave(CLOSE_SECONDS)

    def _leave(self, seconds: float) -> None:
        """Say so, and wait for the other end to say the same, but not for long. What it still sends is read
        and dropped: to close on unread data would reset the connection before it has read why."""
        self.stop_keepalive()
        self.close_sent = True
        if self.transport.is_closing():
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(seconds, self._abort)
        self._parse_on()

    def handle_parser_exception(self) -> None:
        """What came is no frame, or one that is too large; the connection knows how to say so."""
        close = self.conn.close_sent
        assert close is not None
        if not self.close_sent:
            self.queue.put_nowait(
                {"type": "websocket.disconnect", "code": close.code, "reason": close.reason}
            )
            self._leave(CLOSE_SECONDS)

    def _abort(self) -> None:
        self.close_timer = None
        if not self.disconnected:
            self.transport.abort()

    async def send(self, message: Any) -> None:
        """`frames`: whole frames, made once for all who get them. Returns when there is room for more."""
        frames = message.get("frames")
        if frames is not None:
            await self._send_frames(frames)
        elif message["type"] == "websocket.close" and self.handshake_complete and not self.close_sent:
            code, reason = message.get("code", 1000), message.get("reason") or ""
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            if self.conn.state is State.OPEN:  # else the other end has closed it meanwhile
                self.conn.send_close(code, reason)
                self._leave(CLOSE_SECONDS)
        else:
            await super().send(message)
            if self.initial_response is not None and not message.get("more_body", False):
                self.handshake_complete = self.close_sent  # a refusal ends the handshake too

    async def _send_frames(self, frames: bytes) -> None:
        """Whole, so that a close never stands in the middle of one."""
        if self.disconnected or self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        self.transport.write(frames)
        await self.writable.wait()

    def shutdown(self) -> None:
        """The process is to end: say so, and leave within half a second."""
        if self.handshake_complete and self.conn.state is State.OPEN and not self.transport.is_closing():
            farewell = self.scope["extensions"][FRAMES].get(FAREWELL)
            if farewell is not None:
                self.conn.send_text(payload_of(cast(Callable[[], bytes], farewell)()))
            self.queue.put_nowait({"type": "websocket.disconnect", "code": SERVICE_RESTART})
            self.conn.send_close(SERVICE_RESTART)
            self._leave(SHUTDOWN_SECONDS)
        else:
            super().shutdown()
