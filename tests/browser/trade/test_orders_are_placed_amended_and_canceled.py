"""An order's life on the page: reviewed, sent, open, amended in place, canceled, and in the history."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk

pytestmark = pytest.mark.long


def test_it_is_reviewed_sent_and_open(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)

    page.write(price="59000", size="0.1")
    expect(page.deed).to_have_text("Buy 0.1 BTC")
    page.deed.click()
    expect(page.page.locator("dialog[open]")).to_contain_text("at 59,000.00")
    page.send.click()

    expect(page.rows).to_have_count(1)
    expect(page.rows.first).to_contain_text("Open")
    expect(page.said).to_contain_text("Open: buy 0.1 BTC at 59,000.00.")
    expect(page.page.locator("[data-count=open]")).to_have_text("1")
    (order,) = alice.trader.get("/api/v1/orders?status=open")["orders"]
    assert (order["price"], order["quantity"]) == ("59000.00", "0.10000")


def test_it_is_amended_where_it_stands(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    alice = trader("alice", USDB="10000")
    alice.trader.place(side="BUY", price="59000", quantity="0.1")
    page = desk(alice)

    page.rows.first.get_by_role("button", name=re.compile("Amend")).click()
    page.page.get_by_label("New price").fill("58999.999")
    page.page.get_by_label("New price").press("Enter")
    expect(page.rows.first).to_contain_text(re.compile("PRECISION|TICK_SIZE|decimals"))
    page.page.get_by_label("New price").fill("58000")
    page.page.get_by_label("New size").fill("0.05")
    page.page.get_by_label("New size").press("Enter")

    expect(page.rows.first).to_contain_text("58,000.00")
    expect(page.rows.first).to_contain_text("0.05 BTC")
    expect(page.fact("available")).to_contain_text("7,098.54")


def test_escape_leaves_an_order_as_it_was(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", USDB="10000")
    alice.trader.place(side="BUY", price="59000", quantity="0.1")
    page = desk(alice)

    page.rows.first.get_by_role("button", name=re.compile("Amend")).click()
    page.page.get_by_label("New price").fill("1")
    page.page.keyboard.press("Escape")

    expect(page.rows.first).to_contain_text("59,000.00")
    expect(page.rows.first.get_by_role("button", name=re.compile("Amend"))).to_be_focused()


def test_one_is_canceled_and_stands_in_the_history(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", USDB="10000")
    alice.trader.place(side="BUY", price="59000", quantity="0.1")
    page = desk(alice)

    page.rows.first.get_by_role("button", name=re.compile("Cancel")).click()

    expect(page.page.locator("#pane-open")).to_contain_text("No open orders")
    expect(page.said).to_contain_text("Canceled: buy 0.1 BTC.")
    expect(page.show("history")).to_contain_text("Canceled · by you")


def test_all_are_canceled_once_that_is_confirmed(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", USDB="10000")
    for price in ("57000", "58000"):
        alice.trader.place(side="BUY", price=price, quantity="0.01")
    page = desk(alice)
    expect(page.rows).to_have_count(2)

    page.page.locator("#cancel-all").click()
    page.page.get_by_role("button", name="Keep them").click()
    expect(page.rows).to_have_count(2)
    page.page.locator("#cancel-all").click()
    page.page.get_by_role("button", name="Cancel 2 open orders").click()

    expect(page.page.locator("#pane-open")).to_contain_text("No open orders")
    expect(page.said).to_contain_text("2 orders were canceled.")
    assert alice.trader.get("/api/v1/orders?status=open")["orders"] == []


def test_a_stop_waits_for_its_trigger(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    bob = trader("bob", USDB="1000")
    bob.trader.place(side="BUY", price="60010", quantity="0.001")  # so that there is a last price
    page = desk(trader("alice", BTC="1"))

    page.write(side="SELL")
    page.page.get_by_role("radio", name="Stop").click()
    page.page.locator("#stop-kind").select_option("STOP_MARKET")
    page.page.locator("#order-trigger").fill("59000")
    page.page.locator("#order-size").fill("0.2")
    page.deed.click()
    expect(page.page.locator("dialog[open]")).to_contain_text("once it trades at 59,000.00")
    page.send.click()

    expect(page.rows.first).to_contain_text("Waiting for its trigger")


def test_an_order_may_be_good_until_a_time(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)

    page.page.locator("#order-tif").select_option("GTD")
    page.write(price="59000", size="0.1")
    page.page.locator("#order-expires").fill("2099-01-01T12:00")
    page.deed.click()
    expect(page.page.locator("dialog[open]")).to_contain_text("Good until")
    page.send.click()

    expect(page.rows.first).to_contain_text("Open")
    (order,) = alice.trader.get("/api/v1/orders?status=open")["orders"]
    assert order["time_in_force"] == "GTD"
    assert order["expires_at_ms"] > 4_000_000_000_000
