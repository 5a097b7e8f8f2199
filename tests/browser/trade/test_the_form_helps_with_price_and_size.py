"""Prices from the book and by ticks, sizes by parts and in quote: snapped with the reason."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk
from tests.browser.trade.desk import Desk

pytestmark = pytest.mark.long


@pytest.fixture
def page(desk: OpenDesk, trader: MakePerson, maker: Person) -> Desk:
    page = desk(trader("alice", USDB="10000", BTC="1"))
    page.await_book()
    return page


def test_a_price_of_the_book_fills_the_form(page: Desk) -> None:
    page.page.locator(".ladder tr[data-price] button", has_text="60,010.00").click()

    expect(page.page.locator("#order-price")).to_have_value("60010.00")


def test_the_best_prices_are_one_click_away(page: Desk) -> None:
    page.page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.page.locator("#order-price")).to_have_value("60010.00")
    page.page.get_by_role("button", name="Bid", exact=True).click()
    expect(page.page.locator("#order-price")).to_have_value("60000.00")


def test_arrows_step_by_ticks_and_a_wheel_does_nothing(page: Desk) -> None:
    price = page.page.locator("#order-price")
    price.fill("59000")

    price.press("ArrowUp")
    price.press("Shift+ArrowDown")
    expect(price).to_have_value("58999.91")
    price.hover()
    page.page.mouse.wheel(0, 400)

    expect(price).to_have_value("58999.91")


def test_a_price_is_set_to_the_tick_and_says_so(page: Desk) -> None:
    page.page.locator("#order-price").fill("59000.019")
    page.page.locator("#order-price").blur()

    expect(page.page.locator("#order-price")).to_have_value("59000.01")
    expect(page.page.locator("[data-snap-of=price]")).to_have_text("Set to the market's tick of 0.01.")


def test_parts_of_what_is_free_are_the_size(page: Desk) -> None:
    page.write(side="SELL")
    page.page.get_by_role("button", name="75 %").click()

    expect(page.page.locator("#order-size")).to_have_value("0.75000")
    expect(page.deed).to_have_text("Sell 0.75 BTC")


def test_a_market_buy_by_part_is_a_budget(page: Desk) -> None:
    page.page.get_by_role("radio", name="Market").click()
    page.page.get_by_role("button", name="50 %").click()

    expect(page.deed).to_have_text("Buy BTC for 5,000 USDB")
    expect(page.fact("average")).to_contain_text("60,010.00 · best price")
    page.deed.click()
    page.send.click()

    expect(page.said).to_contain_text("Bought 0.08")
    expect(page.page.locator("#order-size")).to_have_value("")


def test_nothing_moves_a_price_that_stands_there(page: Desk, maker: Person) -> None:
    maker.trader.place(side="BUY", price="60001", quantity="0.1")
    expect(page.page.locator(".ladder")).to_contain_text("60,001.00")

    expect(page.page.locator("#order-price")).to_have_value("60000.00")


def test_market_orders_have_no_price_and_end_at_once(page: Desk) -> None:
    page.page.get_by_role("radio", name="Market").click()

    expect(page.page.locator("#price-field")).to_be_hidden()
    expect(page.page.locator("#order-tif")).to_have_value("IOC")
    expect(page.page.locator("#post-only-check")).to_be_hidden()
