"""The web process is killed under a socket: it comes back, goes on where it was, and says so."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ballast_sdk import ApiError, LocalBook, Socket, SocketOptions
from ballast_sdk.messages import AccountSnapshot, AccountUpdate, BookSnapshot, BookUpdate, Notice
from ballast_sdk.models import OrderForm
from config.children import ChildProcess, tail
from tests.api.house import MARKET, House, answers, started
from tests.api.people import Trader
from tests.platform.processes import free_port
from tests.sdk.test_socket import first
from tests.support.waiting import until

pytestmark = pytest.mark.long

WAIT_SECONDS = 60.0
GONE = Notice(kind="disconnected")


class Web:
    """A second web process of the house, which may be killed and started."""

    def __init__(self, house: House, stack: ExitStack) -> None:
        self.house = house
        self.stack = stack
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.child: ChildProcess
        self.start()

    def start(self) -> None:
        env = {**self.house.env, "PORT": str(self.port)}
        self.child = started("web", self.house.folder, env, self.stack)
        until(lambda: answers(self.url, self.child), lambda: tail(self.child.log))

    def kill(self) -> None:
        self.child.kill()


@pytest.fixture(scope="module")
def _web(house: House) -> Iterator[Web]:
    with ExitStack() as stack:
        yield Web(house, stack)


@pytest.fixture
def web(_web: Web) -> Web:
    if _web.child.poll() is not None:
        _web.start()
    return _web


def speaking_for(web: Web, person: Trader) -> Socket:
    options = SocketOptions(most_wait_seconds=1)
    return Socket(web.url, key=person.key, secret=person.secret, options=options)


async def restarted(web: Web, meanwhile: Callable[[], Any]) -> None:
    web.kill()
    await asyncio.to_thread(meanwhile)
    web.start()  # of the main thread, with which it ends


def test_an_account_misses_nothing_and_a_book_is_right_again(web: Web, alice: Trader) -> None:
    placed: list[str] = []

    def place() -> None:
        placed.append(alice.place(price="77.00")["order"]["order_id"])

    async def scene() -> None:
        async with asyncio.timeout(WAIT_SECONDS), speaking_for(web, alice) as socket:
            account, book, local = await socket.account(), await socket.book(MARKET), LocalBook()
            await asyncio.to_thread(place)
            await first(account, lambda message: isinstance(message, AccountUpdate))
            await first(book, lambda message: local.apply(message) and local.best_bid == ("77.00", "0.10000"))
            await restarted(web, place)
            heard: list[Any] = []

            def is_update(message: Any) -> bool:
                heard.append(message)
                return isinstance(message, AccountUpdate)

            await first(account, is_update)
            assert heard[0] == GONE
            assert not any(isinstance(message, AccountSnapshot) for message in heard)
            assert [order.order_id for order in heard[-1].orders] == placed[1:]
            await first(book, lambda message: message == GONE and not local.apply(message))
            assert not local.is_current
            await first(book, lambda message: local.apply(message) and local.best_bid == ("77.00", "0.20000"))
            await socket.wait_connected(WAIT_SECONDS)
            assert await socket.cancel_all() == placed

    asyncio.run(scene())


def test_every_subscription_comes_back(web: Web, alice: Trader) -> None:
    async def scene() -> None:
        async with asyncio.timeout(WAIT_SECONDS), speaking_for(web, alice) as socket:
            await asyncio.to_thread(alice.place)
            found: list[Any] = [
                await socket.trades(MARKET),
                await socket.ticker(MARKET),
                await socket.candles(MARKET, "1m"),
                await socket.prices(),
            ]
            await restarted(web, lambda: None)
            for subscription in found:
                await first(subscription, lambda message: message == GONE)
                await first(subscription, lambda message: not isinstance(message, Notice))

    asyncio.run(scene())


def test_what_is_asked_while_it_is_gone_is_not_sent_and_ends_with_the_key(web: Web, alice: Trader) -> None:
    form = OrderForm(market=MARKET, side="BUY", type="LIMIT", price="10.00", quantity="0.1")

    async def scene() -> None:
        async with asyncio.timeout(WAIT_SECONDS), speaking_for(web, alice) as socket:
            account = await socket.account()
            web.kill()
            await first(account, lambda message: message == GONE)
            with pytest.raises(Exception, match="not connected"):
                await socket.place(form)
            await asyncio.to_thread(alice.send, "DELETE", f"/api/v1/api-keys/{alice.key_id}")
            web.start()
            with pytest.raises(ApiError, match="INVALID_KEY"):
                await first(account, lambda message: False)
            with pytest.raises(ApiError, match="INVALID_KEY"):
                await socket.place(form)

    asyncio.run(scene())


def test_who_wants_a_book_gets_its_updates_or_all_of_it(web: Web, alice: Trader) -> None:
    """Whether the updates are still there after a restart is the house's affair; both are right."""

    async def scene() -> None:
        async with asyncio.timeout(WAIT_SECONDS), speaking_for(web, alice) as socket:
            book = await socket.book(MARKET)
            await first(book, lambda message: isinstance(message, BookSnapshot))
            await restarted(web, lambda: alice.place(price="55.00"))
            await first(book, lambda message: message == GONE)
            came = await first(book, lambda message: not isinstance(message, Notice))
            assert isinstance(came, BookSnapshot | BookUpdate)
            assert ("55.00", "0.10000") in came.bids

    asyncio.run(scene())
