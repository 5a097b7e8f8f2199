"""Everything that a pointer does on the trade page a keyboard does, and no single key sends."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk

pytestmark = pytest.mark.long


def test_an_order_is_written_reviewed_sent_and_canceled(
    desk: OpenDesk, trader: MakePerson, maker: Person
) -> None:
    alice = trader("alice", USDB="10000", BTC="1")
    page = desk(alice)
    page.await_book()
    press = page.page.keyboard.press

    for key in ("s", "l", "p"):
        press(key)
    page.page.keyboard.type("61000")
    press("Escape")
    press("ArrowUp")
    press("Shift+ArrowUp")
    expect(page.page.locator("#order-price")).to_have_value("61000.11")
    press("2")
    expect(page.deed).to_have_text("Sell 0.5 BTC")
    press("Enter")
    expect(page.send).to_be_focused()
    assert alice.trader.get("/api/v1/orders?status=open")["orders"] == []
    press("Enter")
    expect(page.rows.first).to_contain_text("Open")
    press("c")

    expect(page.page.locator("#pane-open")).to_contain_text("No open orders")


def test_no_single_key_sends(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.page.locator("summary", has_text="More").click()
    page.page.locator("#one-click").check()
    expect(page.page.locator("#one-click-banner")).to_be_visible()
    page.write(price="59000", size="0.01")

    page.page.locator("#order-size").press("Enter")
    expect(page.send).to_be_focused()
    page.page.keyboard.press("Escape")
    page.deed.press("Enter")
    expect(page.send).to_be_focused()
    page.page.keyboard.press("Escape")

    assert alice.trader.get("/api/v1/orders?status=open")["orders"] == []


def test_keys_write_in_fields(desk: OpenDesk, trader: MakePerson) -> None:
    page = desk(trader("alice", USDB="10000", BTC="1"))

    page.page.locator("#order-size").press_sequentially("bsm1")

    expect(page.page.locator("#order-size")).to_have_value("bsm1")
    expect(page.page.locator(".sides [data-side=BUY]")).to_have_attribute("aria-checked", "true")
    expect(page.page.locator("[data-problem-of=quantity]")).to_contain_text("decimal number")


def test_the_keys_are_shown_and_escape_closes_them(desk: OpenDesk, trader: MakePerson) -> None:
    page = desk(trader("alice", USDB="10"))

    page.page.keyboard.press("?")
    expect(page.page.locator("dialog[open]")).to_contain_text("Cancel all, after asking")
    page.page.keyboard.press("Escape")

    expect(page.page.locator("dialog[open]")).to_have_count(0)


def test_all_are_canceled_by_keys_after_asking(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", USDB="10000")
    alice.trader.place(side="BUY", price="57000", quantity="0.01")
    page = desk(alice)
    expect(page.rows).to_have_count(1)

    page.page.keyboard.press("Shift+C")
    expect(page.page.get_by_role("button", name="Keep them")).to_be_focused()
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")

    expect(page.page.locator("#pane-open")).to_contain_text("No open orders")


def test_an_order_is_amended_by_keys(desk: OpenDesk, trader: MakePerson) -> None:
    alice = trader("alice", USDB="10000")
    alice.trader.place(side="BUY", price="57000", quantity="0.01")
    page = desk(alice)
    expect(page.rows).to_have_count(1)

    page.page.locator("[data-amend]").press("Enter")
    page.page.keyboard.type("56000")
    page.page.keyboard.press("Enter")

    expect(page.rows.first).to_contain_text("56,000.00")
