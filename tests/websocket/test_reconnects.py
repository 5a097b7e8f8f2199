"""The whole promise: who reconnects at random under load ends with exactly the book of the server and his
own orders, fills and money. BALLAST_RECONNECT_SECONDS=60 makes it last a minute.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.api.house import MARKET, House
from tests.api.people import Trader
from tests.websocket.client import Socket, listen, speaking_for
from tests.websocket.keeper import AccountKeeper, BookKeeper
from tests.websocket.stored import stored_book, stored_numbers
from tests.websocket.test_book import stir
from tests.websocket.test_private import assert_whole

SECONDS = float(os.environ.get("BALLAST_RECONNECT_SECONDS", "3"))


@contextmanager
def trading(*traders: Trader) -> Iterator[None]:
    """They trade with one another meanwhile."""
    stopping = threading.Event()
    failures: list[BaseException] = []

    def work(trader: Trader, seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not stopping.is_set():
                stir(trader, chance, 5)
        except BaseException as error:  # noqa: BLE001 (a thread's failure is the test's)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(one, seed)) for seed, one in enumerate(traders)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert failures == []


def subscribe(socket: Socket, book: BookKeeper, account: AccountKeeper) -> None:
    """Where there was something before, only what has been missed since."""
    since = {} if book.sequence is None else {"since": book.sequence}
    socket.do("subscribe", channel="book", market=MARKET, **since)
    seen = {"since": account.numbers} if account.numbers else {}
    socket.do("subscribe", channel="account", **seen)


def take(socket: Socket, book: BookKeeper, account: AccountKeeper) -> None:
    while socket.heard:
        frame = socket.heard.pop(0)
        book.hear(frame)
        account.hear(frame)


def test_who_reconnects_at_random_ends_with_exactly_what_the_server_has(
    house: House, alice: Trader, bob: Trader
) -> None:
    alice.fund(BTC="5")
    bob.fund(USDB="50000")
    chance = random.Random(11)
    book, account = BookKeeper(), AccountKeeper()
    reconnects, until = 0, time.monotonic() + SECONDS
    with trading(alice, bob):
        while time.monotonic() < until:
            reconnects += 1
            with speaking_for(house.url, alice) as socket:
                subscribe(socket, book, account)
                listen(socket, chance.randrange(1, 500) / 1_000)
                take(socket, book, account)
    with speaking_for(house.url, alice) as socket:
        subscribe(socket, book, account)

        def agrees() -> bool:
            take(socket, book, account)
            return book.book == stored_book(MARKET) and account.numbers == stored_numbers(alice.user_id)

        socket.wait_until(agrees)
    assert reconnects > 3
    assert account.resyncs == 0
    assert account.updates > 50
    assert len(account.fills) == len(set(account.fills))
    assert_whole(account, alice)
