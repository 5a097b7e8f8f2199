"""uvicorn's websocket protocol, reading a little at a time: what came is parsed only as far as it is taken.

Parsed all at once, a quarter of a megabyte of the smallest frames holds the event loop for a second, though
its sender is closed for the first twenty of them.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import SecurityError

from access.errors import HeadersTooLarge, Malformed
from access.guard import refusal_of_head

PIECE_BYTES = 1024  # a hundred and seventy frames, or the sixty-fourth part of one
CLOSING_BYTES = 16 * 1024  # read in search of the other end's close, once we have said ours


class PacedSocket(WebSocketsSansIOProtocol):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unparsed = b""
        self._closing_bytes = 0

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            super().data_received(data)
            self._refuse_unreadable_head()
            return
        self._unparsed = self._unparsed + data if self._unparsed else data
        self._parse_on()

    async def receive(self) -> Any:
        """What the application takes makes room for what comes after it."""
        message = await super().receive()
        self._parse_on()
        return message

    def _parse_on(self) -> None:
        start, unparsed = 0, self._unparsed
        self._unparsed = b""
        while start < len(unparsed) and not self.read_paused and not self.disconnected:
            piece = unparsed[start : start + PIECE_BYTES]
            start += len(piece)
            if self.close_sent and not self._may_read_on(len(piece)):
                return
            super().data_received(piece)
        self._unparsed = unparsed[start:]

    def _may_read_on(self, size: int) -> bool:
        """Of who was told to go nothing matters but that he goes."""
        self._closing_bytes += size
        return self._closing_bytes <= CLOSING_BYTES

    def _refuse_unreadable_head(self) -> None:
        """A head that uvicorn's own parser took and this one does not: it would neither answer nor let go."""
        wrong = self.conn.handshake_exc
        if wrong is None or self.handshake_initiated:
            return
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        too_large = isinstance(wrong, SecurityError) or isinstance(wrong.__cause__, SecurityError)
        self.transport.write(refusal_of_head(HeadersTooLarge() if too_large else Malformed()))
        self.transport.close()
