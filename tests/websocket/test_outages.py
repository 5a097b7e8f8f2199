"""What is lost is announced, and everybody is whole again by himself: without Redis, engine, or server."""

import socket as sockets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from config.children import ChildProcess, tail
from tests.api.house import MARKET, House, answers, started
from tests.api.people import Trader
from tests.support.taken_away import redis_gone, redis_silent
from tests.support.waiting import until
from tests.websocket.client import Socket, opened, signature, speaking_for
from tests.websocket.keeper import AccountKeeper, BookKeeper
from tests.websocket.stored import stored_book, stored_numbers

pytestmark = pytest.mark.long


def place_when_possible(trader: Trader, price: str) -> None:
    until(lambda: trader.try_order(price=price).status_code == 200)


def follow(socket: Socket, book: BookKeeper, account: AccountKeeper, trader: Trader) -> None:
    def agrees() -> bool:
        while socket.heard:
            frame = socket.heard.pop(0)
            book.hear(frame)
            account.hear(frame)
        is_whole = book.sequence is not None and book.book == stored_book(MARKET)
        return is_whole and account.numbers == stored_numbers(trader.user_id)

    socket.wait_until(agrees)


@pytest.mark.parametrize("outage", [redis_gone, redis_silent])
def test_redis_goes_and_comes_back(house: House, alice: Trader, outage: object) -> None:
    assert callable(outage)
    book, account = BookKeeper(), AccountKeeper()
    with speaking_for(house.url, alice) as socket:
        socket.do("subscribe", channel="book", market=MARKET)
        socket.do("subscribe", channel="account")
        alice.place(price="61.00")
        follow(socket, book, account, alice)
        with outage(house):
            socket.wait_for(lambda frame: frame.get("state") == "stale")
            assert socket.do("ping")
            with opened(house.url) as late:
                late.do("subscribe", channel="book", market=MARKET)
                assert late.do("ping")
                assert late.refusal("auth", **signature(alice)) == "SERVICE_UNAVAILABLE"
                assert not [frame for frame in late.heard if frame.get("channel") == "book"]
        socket.wait_for(lambda frame: frame.get("state") == "live")
        place_when_possible(alice, "62.00")
        follow(socket, book, account, alice)
        assert book.resyncs >= 1
        assert account.resyncs == 0


def test_an_engine_that_begins_anew_is_followed(house: House, alice: Trader) -> None:
    book, account = BookKeeper(), AccountKeeper()
    with speaking_for(house.url, alice) as socket:
        socket.do("subscribe", channel="book", market=MARKET)
        socket.do("subscribe", channel="account")
        alice.place(price="63.00")
        follow(socket, book, account, alice)
        house.engine.kill()
        house.engine.start()
        place_when_possible(alice, "64.00")
        follow(socket, book, account, alice)


@contextmanager
def a_web(house: House) -> Iterator[tuple[str, ChildProcess]]:
    with sockets.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with ExitStack() as stack:
        folder = house.folder / "leaving"
        folder.mkdir()
        web = started("web", folder, {**house.env, "PORT": str(port)}, stack)
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url, web))
        yield url, web


def test_a_server_that_leaves_says_so_and_is_gone_in_three_seconds(house: House) -> None:
    with a_web(house) as (url, web), opened(url) as socket, opened(url) as idle:
        socket.do("subscribe", channel="book", market=MARKET)
        began = time.monotonic()
        web.terminate()
        assert socket.closed_with() == 1012
        assert socket.heard[-1] == {"type": "shutdown"}
        assert idle.closed_with() == 1012
        until(lambda: web.poll() is not None)
        assert time.monotonic() - began < 3
        assert "Traceback" not in web.log.read_text(), tail(web.log, 40)
