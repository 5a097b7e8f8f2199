"""The trade page in both widths and themes: everybody can use it, nothing is wider than the window."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.market.scene import await_live, trade_page
from tests.browser.people import Person

pytestmark = pytest.mark.long
LOOKS = list(product((DESK, PHONE), ("dark", "light")))
VIEWS = ("chart", "book", "trade", "orders")


@pytest.fixture
def taker(person: Callable[..., Person]) -> Iterator[Person]:
    one = person("taker", USDB="50000", BTC="1")
    yield one
    one.trader.delete("/api/v1/orders")


def looked_at(page: Page, name: str) -> None:
    shot(page, name)
    assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_everybody_can_use_it(
    open_page: OpenPage, maker: Person, taker: Person, width: int, theme: str
) -> None:
    for side in ("BUY", "SELL", "BUY"):
        taker.trader.place(side=side, type="MARKET", price=None, quantity="0.02000")
    taker.trader.place(side="BUY", price="59995.00", quantity="0.01000")
    page = open_page(trade_page(), taker, width=width, theme=theme)
    await_live(page)
    expect(page.locator("[data-trades] tr").nth(2)).to_be_attached()
    for view in VIEWS if width == PHONE else ("",):
        if view:
            page.click(f'[data-show="{view}"]')
        looked_at(page, f"trade-{view or 'whole'}-{width}-{theme}")


def test_a_phone_shows_one_part_and_the_bar_leads_to_the_form(open_page: OpenPage, maker: Person) -> None:
    page = open_page(trade_page(), width=PHONE)
    await_live(page)
    expect(page.locator("#book-panel")).to_be_hidden()

    page.click('[data-show="book"]')
    page.click('[data-asks] tr[data-price="60020.00"] button')

    expect(page.locator("#form-panel")).to_be_visible()
    expect(page.locator("#order-price")).to_have_value("60020.00")
    page.click('[data-show="chart"]')
    page.click('.trade-bar [data-side="SELL"]')
    expect(page.locator("#order-form")).to_have_attribute("data-side", "SELL")


def test_the_market_search_is_usable_by_everybody(open_page: OpenPage, maker: Person) -> None:
    page = open_page(trade_page())
    await_live(page)
    page.keyboard.press("/")
    expect(page.locator(".symbol-row")).to_have_count(3)

    looked_at(page, f"trade-markets-{DESK}-dark")

    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
