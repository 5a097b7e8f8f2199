"""What anybody sees of a market without an account: book, tape, last price and candles, as it happens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.market.scene import await_live, prices, trade_page
from tests.browser.people import Person

pytestmark = pytest.mark.long
NewPerson = Callable[..., Person]


@pytest.fixture
def page(open_page: OpenPage, maker: Person) -> Page:
    page = open_page(trade_page())
    await_live(page)
    return page


def test_the_book_shows_both_sides_best_in_the_middle(page: Page) -> None:
    expect(page.locator("[data-bids] tr[data-price]")).to_have_count(3)
    assert prices(page, "asks") == ["60,100.00", "60,020.00", "60,010.00"]
    assert prices(page, "bids") == ["60,000.00", "59,990.00", "59,900.00"]
    assert page.locator("[data-middle]").inner_text() == "60,005.00"
    assert "spread 10.00" in page.locator("[data-spread]").inner_text()


def test_a_new_order_is_in_the_book_at_once(page: Page, maker: Person) -> None:
    maker.trader.place(side="BUY", price="60005.00", quantity="0.25000")

    row = page.locator('[data-bids] tr[data-price="60005.00"]')
    expect(row.locator("td").nth(1)).to_have_text("0.25000")
    expect(row.locator("td").nth(2)).to_have_text("0.25000")


def test_a_trade_is_on_the_tape_in_the_strip_and_in_the_candle(page: Page, person: NewPerson) -> None:
    taker = person("taker", USDB="50000")

    taker.trader.place(side="BUY", type="MARKET", price=None, quantity="0.10000")

    newest = page.locator("[data-trades] tr").first
    expect(newest.locator("td").first).to_contain_text("60,010.00")
    expect(newest.locator("td").nth(1)).to_have_text("0.10000")
    expect(page.locator("[data-last]")).to_contain_text("60,010.00")
    expect(page.locator("#chart-candle")).to_contain_text("C 60,010.00")
    expect(page).to_have_title("60,010.00 BTC-USDB · Ballast")


def test_sizes_are_put_together_by_the_chosen_step(page: Page) -> None:
    page.select_option("#book-group", label="50")

    expect(page.locator('[data-bids] tr[data-price="59950.00"] td').nth(1)).to_have_text("1.00000")
    expect(page.locator('[data-asks] tr[data-price="60050.00"] td').nth(1)).to_have_text("1.90000")


def test_one_side_can_be_shown_alone(page: Page) -> None:
    page.click('[data-sides="asks"][aria-label]')

    expect(page.locator("[data-bids] tr[data-price]")).to_have_count(0)
    expect(page.locator("[data-asks] tr[data-price]")).to_have_count(3)


def test_a_price_that_is_pressed_stands_in_the_form(page: Page) -> None:
    page.click('[data-asks] tr[data-price="60020.00"] button')

    expect(page.locator("#order-price")).to_have_value("60020.00")


def test_prices_are_gone_through_by_keys(page: Page) -> None:
    page.focus('[data-bids] tr[data-price="60000.00"] button')

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#order-price")).to_have_value("59990.00")
    assert page.locator('#book button[tabindex="0"]').count() == 1


def test_the_focus_stays_at_its_price_while_the_book_moves(page: Page, maker: Person) -> None:
    page.focus('[data-bids] tr[data-price="59990.00"] button')

    maker.trader.place(side="BUY", price="60001.00", quantity="0.10000")

    expect(page.locator("[data-bids] tr[data-price]")).to_have_count(4)
    expect(page.locator('[data-bids] tr[data-price="59990.00"] button')).to_be_focused()


def test_own_orders_are_marked_and_nobody_elses(open_page: OpenPage, maker: Person) -> None:
    page = open_page(trade_page(), maker)
    await_live(page)

    expect(page.locator("tr.is-own")).to_have_count(6)
    expect(page.locator('[data-bids] tr[data-price="60000.00"]')).to_have_attribute(
        "title", "Your orders here: 0.50000 BTC"
    )


def test_another_interval_brings_its_own_candles_and_is_kept(page: Page) -> None:
    page.click('[data-interval="1h"]')
    expect(page.locator("#chart")).to_have_attribute("data-interval", "1h")

    page.reload()

    expect(page.locator('[data-interval="1h"][aria-pressed]')).to_have_attribute("aria-pressed", "true")


def test_the_slash_finds_another_market(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("dot/")
    expect(page.locator(".symbol-row")).to_have_count(1)
    page.keyboard.press("Enter")

    page.wait_for_url("**/trade/DOT-USDB")
    await_live(page)
    expect(page.locator("[data-symbol]").first).to_have_text("DOT-USDB")
    expect(page.locator("[data-none]")).to_be_visible()


def test_the_slash_is_a_slash_where_one_writes(page: Page) -> None:
    page.focus("#order-price")
    page.keyboard.press("/")

    expect(page.locator("dialog")).to_have_count(0)
