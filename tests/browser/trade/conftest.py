"""People who trade, a book to trade with, and the trade page as one of them has it."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.house import House
from tests.browser.conftest import OpenPage
from tests.browser.people import Person, new_person
from tests.browser.trade.desk import Desk

expect.set_options(timeout=20_000)
MakePerson = Callable[..., Person]
OpenDesk = Callable[..., Desk]


@pytest.fixture(scope="package")
def modules(site: House, browser: Browser) -> Iterator[Page]:
    """Nothing of it is looked at: modules are asked in it."""
    page = browser.new_page(base_url=site.url)
    page.goto("/trade")
    yield page
    page.close()


@pytest.fixture
def trader(client: httpx.Client) -> Iterator[MakePerson]:
    """trader("alice", USDB="10000"); what they still offer is canceled at the end."""
    made: list[Person] = []

    def make(name: str, **funds: str) -> Person:
        made.append(new_person(client, name))
        made[-1].trader.fund(**funds)
        return made[-1]

    yield make
    for person in made:
        person.trader.delete("/api/v1/orders")


@pytest.fixture
def maker(trader: MakePerson) -> Person:
    """Stands on both sides: 60,000 and 59,990 to 60,010 and 60,020, half a bitcoin each."""
    maker = trader("maker", USDB="200000", BTC="2")
    for side, price in (("BUY", "60000"), ("BUY", "59990"), ("SELL", "60010"), ("SELL", "60020")):
        maker.trader.place(side=side, price=price, quantity="0.5")
    return maker


@pytest.fixture
def desk(open_page: OpenPage) -> OpenDesk:
    """desk(alice, width=390): her trade page, once its account is live."""

    def open_desk(
        person: Person, *, market: str = "BTC-USDB", width: int = 1440, theme: str = "dark"
    ) -> Desk:
        desk = Desk(open_page(f"/trade/{market}", person, width=width, theme=theme))
        desk.await_account()
        return desk

    return open_desk
