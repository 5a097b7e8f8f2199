"""A button that is off says why, and what to do about it; what is refused stands with its code."""

import pytest
from playwright.sync_api import expect

from tests.api.house import SMALL_MARKET, House
from tests.browser.chromium import Watch
from tests.browser.conftest import OpenPage
from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk
from tests.browser.trade.desk import Desk

pytestmark = pytest.mark.long
_SEND = """async () => {
  const deeds = document.querySelector('script[src*="trade/deeds"]').src;
  const {placements} = await import(deeds.replace("deeds.js", "sending.js"));
  const terms = {market: "BTC-USDB", side: "BUY", type: "LIMIT", time_in_force: "GTC"};
  placements.place({...terms, price: "59000", quantity: "9"});
}"""


def test_who_is_not_logged_in_is_asked_to(open_page: OpenPage, maker: Person) -> None:
    page = open_page("/trade/BTC-USDB")

    login = page.locator("#order-form").get_by_role("link", name="Log in to trade")
    expect(login).to_have_attribute("href", "/login?next=/trade/BTC-USDB")
    expect(page.locator("#order-deed")).to_be_hidden()
    expect(page.locator("#pane-open")).to_contain_text("Log in to see your orders")


def test_who_has_no_money_is_told_where_it_comes_from(desk: OpenDesk, trader: MakePerson) -> None:
    page = desk(trader("alice"))

    expect(page.page.locator("#order-reason")).to_contain_text("You have no USDB free to trade.")
    expect(page.page.locator("#order-reason a")).to_have_attribute("href", "/wallet")
    expect(page.deed).to_be_disabled()


def test_an_engine_that_is_away_is_said(
    desk: OpenDesk, trader: MakePerson, maker: Person, site: House, watch: Watch
) -> None:
    watch.allow("status of 50[0-9]")
    page = desk(trader("alice", USDB="10000"))
    expect(page.deed).to_be_enabled()

    with site.engine_gone():
        expect(page.deed).to_be_disabled()
        expect(page.page.locator("#order-reason")).to_contain_text("by itself")

    expect(page.deed).to_be_enabled()


def test_the_rule_that_an_order_would_break_stands_at_its_field(
    desk: OpenDesk, trader: MakePerson, maker: Person
) -> None:
    page = desk(trader("alice", USDB="10000"))

    page.write(price="60000", size="1")

    expect(page.page.locator("[data-problem-of=quantity]")).to_have_text("More than the USDB you have free.")
    expect(page.page.locator("#order-size")).to_have_attribute("aria-invalid", "true")


def test_the_number_of_open_orders_is_counted(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", BTC="1")
    for price in ("0.001", "0.0011", "0.0012"):
        alice.trader.place(market=SMALL_MARKET, side="BUY", price=price, quantity="10")
    page = desk(alice, market=SMALL_MARKET)

    page.write(price="0.0013", size="10")

    expect(page.page.locator("#order-form")).to_contain_text("At most 3 orders may be open here.")


def test_a_refusal_of_the_house_stands_in_red_with_its_code(
    desk: OpenDesk, trader: MakePerson, maker: Person
) -> None:
    """Something that the form would not have sent: the page could not know."""
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.page.evaluate(_SEND)

    expect(page.rows.first).to_contain_text("refused")
    expect(page.rows.first).to_contain_text("INSUFFICIENT_FUNDS")
    page.rows.first.get_by_role("button", name="Dismiss").click()
    expect(page.page.locator("#pane-open")).to_contain_text("No open orders")


def test_words_of_others_are_text(desk: OpenDesk, trader: MakePerson) -> None:
    """What the house says stands as text: nothing of it is read as HTML."""
    page: Desk = desk(trader("alice", USDB="10000"))

    page.page.locator("#order-size").fill("<img src=x onerror=alert(1)>")

    expect(page.page.locator("[data-problem-of=quantity]")).to_contain_text("decimal number")
    expect(page.page.locator("#order-form img")).to_have_count(0)
