"""A socket's client that knows only bytes: it shakes hands, and then does what no library would do."""

import socket as sockets
import struct
from dataclasses import dataclass

from tests.api.house import House

HANDSHAKE = (
    b"GET /ws/v1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@dataclass(frozen=True)
class Mute:
    """A connection that has not said a word since then."""

    wire: sockets.socket
    since: float


def port_of(house: House) -> int:
    return int(house.url.rpartition(":")[2])


def raw(house: House) -> sockets.socket:
    """A connection that has shaken hands and does nothing by itself."""
    wire = sockets.create_connection(("127.0.0.1", port_of(house)), timeout=10)
    wire.sendall(HANDSHAKE)
    received = b""
    while b"welcome" not in received:
        received += wire.recv(4096)
    return wire


def masked(opcode: int, payload: bytes) -> bytes:
    mask = b"\0\0\0\0"
    assert len(payload) < 126
    return struct.pack("BB", opcode, 0x80 | len(payload)) + mask + payload


def drained(wire: sockets.socket) -> bytes:
    received = b""
    try:
        while piece := wire.recv(4096):
            received += piece
    except (ConnectionResetError, TimeoutError):
        pass
    return received
