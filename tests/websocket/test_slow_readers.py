"""Who reads slowly costs only himself: a book is conflated, what must not be lost ends the connection."""

import socket as sockets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.sync.client import connect

from tests.api.house import House
from tests.websocket.client import Socket, opened, url_of
from tests.websocket.forged import FORGED, forging
from tests.websocket.keeper import BookKeeper
from tests.websocket.raw import port_of
from tests.websocket.test_limits import memory_of

MEGABYTES = 1_000_000


@contextmanager
def slow(house: House) -> Iterator[Socket]:
    """It reads nothing unless the test does."""
    wire = sockets.socket()
    wire.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    wire.connect(("127.0.0.1", port_of(house)))
    with connect(url_of(house.url), sock=wire, max_size=None, max_queue=1, close_timeout=1) as connection:
        yield Socket(connection)


def test_a_book_that_is_not_read_is_conflated(house: House) -> None:
    keeper = BookKeeper()
    with slow(house) as socket, forging(house) as forger:
        socket.do("subscribe", channel="book", market=FORGED)
        socket.wait_for(lambda frame: frame.get("type") == "snapshot")
        for _ in range(300):
            forger.levels(500)
        last = forger.sequence
        while keeper.sequence != last:
            socket.hear()
            while socket.heard:
                keeper.hear(socket.heard.pop(0))
        assert keeper.snapshots >= 2
        assert keeper.updates < 300
        assert len(keeper.bids) == 500
        forger.levels(1)
        while keeper.sequence != last + 1:
            socket.hear()
            while socket.heard:
                keeper.hear(socket.heard.pop(0))


def test_trades_that_are_not_read_end_the_connection(house: House) -> None:
    with slow(house) as socket, forging(house) as forger:
        socket.do("subscribe", channel="trades", market=FORGED)
        socket.wait_for(lambda frame: frame.get("channel") == "trades")
        for _ in range(400):
            forger.trades(100)
        assert socket.closed_with() == 1013
    frames = [frame for frame in socket.heard if frame.get("channel") == "trades"]
    numbers = [int(trade["trade_id"]) for frame in frames for trade in frame["trades"]]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) < 40_000


def test_others_do_not_wait_and_memory_stays_flat(house: House) -> None:
    with slow(house) as stuck, opened(house.url) as quick, forging(house) as forger:
        for socket in (stuck, quick):
            socket.do("subscribe", channel="book", market=FORGED)
        for _ in range(50):
            forger.levels(500)
        quick.wait_for(lambda frame: frame.get("sequence") == forger.sequence)
        before, slowest = memory_of(house), 0.0
        for _ in range(10):
            for _ in range(20):
                forger.levels(500)
            began = time.monotonic()
            quick.do("ping")
            quick.wait_for(lambda frame: frame.get("sequence") == forger.sequence)
            slowest = max(slowest, time.monotonic() - began)
            quick.heard.clear()
        assert slowest < 2.0
        assert memory_of(house) - before < 20 * MEGABYTES
