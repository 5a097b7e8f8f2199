"""Who goes away while his streams are looked for leaves nothing behind."""

import socket as sockets
from contextlib import ExitStack

from tests.binance.house import SYMBOL
from tests.binance.stream_client import NARROW, enter
from tests.support.waiting import until
from tests.websocket.raw import HANDSHAKE

PATH = f"/ws/{SYMBOL.lower()}@depth"


def test_who_has_left_before_he_was_let_in_is_not_counted(narrow: str) -> None:
    shake = HANDSHAKE.replace(b"/ws/v1/", PATH.encode())
    port = int(narrow.rpartition(":")[2])
    for _ in range(4 * NARROW):
        with sockets.create_connection(("127.0.0.1", port), timeout=10) as wire:
            wire.sendall(shake)
    with ExitStack() as stack:
        for _ in range(NARROW):
            until(lambda: enter(stack, narrow, PATH))
