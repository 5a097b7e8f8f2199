"""Who goes away while his streams are looked for leaves nothing behind."""

import socket as sockets

from tests.api.house import House
from tests.binance.house import SYMBOL
from tests.binance.stream_client import streams
from tests.support.waiting import until
from tests.websocket.raw import HANDSHAKE

PATH = f"/ws/{SYMBOL.lower()}@depth"
LIMIT = 3


def test_who_has_left_before_he_was_let_in_is_not_counted(house: House) -> None:
    shake = HANDSHAKE.replace(b"/ws/v1/", PATH.encode())
    with house.another_web(BALLAST_SOCKETS_IP=str(LIMIT)) as url:
        port = int(url.rpartition(":")[2])
        for _ in range(4 * LIMIT):
            with sockets.create_connection(("127.0.0.1", port), timeout=10) as wire:
                wire.sendall(shake)

        def is_let_in() -> bool:
            with streams(url, PATH) as socket:
                return bool(socket.ask("LIST_SUBSCRIPTIONS")["result"])

        until(is_let_in)
