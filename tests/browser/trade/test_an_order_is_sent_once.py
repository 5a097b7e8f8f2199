"""However often somebody presses: one order; and what is not known to be done is shown as unknown."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.api.house import House
from tests.browser.chromium import Watch
from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk

pytestmark = pytest.mark.long


def placed(person: Person) -> list[Any]:
    orders: list[Any] = person.trader.get("/api/v1/orders")["orders"]
    return orders


def test_a_double_click_in_one_click_mode_sends_one(
    desk: OpenDesk, trader: MakePerson, maker: Person
) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.page.locator("summary", has_text="More").click()
    page.page.locator("#one-click").check()
    page.write(price="59000", size="0.01")
    expect(page.deed).to_have_text("Buy 0.01 BTC")

    page.deed.dblclick()

    expect(page.rows.first).to_contain_text("Open")
    assert len(placed(alice)) == 1


def test_a_double_click_on_the_button_opens_the_review_and_sends_nothing(
    desk: OpenDesk, trader: MakePerson, maker: Person
) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.write(price="59000", size="0.01")

    page.deed.dblclick()

    expect(page.send).to_be_visible()
    assert placed(alice) == []


def test_the_review_sends_one_however_it_is_pressed(
    desk: OpenDesk, trader: MakePerson, maker: Person
) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.write(price="59000", size="0.01")
    page.deed.click()
    expect(page.send).to_be_focused()

    page.page.evaluate(
        "() => { const send = document.querySelector('#review-send'); send.click(); send.click(); }"
    )

    expect(page.rows.first).to_contain_text("Open")
    assert len(placed(alice)) == 1


def test_an_unknown_outcome_is_asked_after_until_it_is_known(
    desk: OpenDesk, trader: MakePerson, maker: Person, site: House, watch: Watch
) -> None:
    watch.allow("status of (404|50[0-9])")
    alice = trader("alice", USDB="10000")
    page = desk(alice)

    with site.engine_held():
        page.place(price="59000", size="0.01")
        expect(page.rows.first).to_contain_text("sending…")
        expect(page.rows.first).to_contain_text("checking…")
        expect(page.said).to_contain_text("No answer came for your order.")

    expect(page.rows.first).not_to_contain_text("checking…")
    known = page.rows.first.inner_text()
    assert "Open" in known or "DEADLINE_PASSED" in known
    assert len([order for order in placed(alice) if order["status"] == "NEW"]) == int("Open" in known)


def test_what_is_lost_on_the_way_is_asked_after(
    desk: OpenDesk, trader: MakePerson, maker: Person, watch: Watch
) -> None:
    """The connection goes while the order is under way: the house has it, and the page finds out."""
    watch.allow("ERR_INTERNET_DISCONNECTED", "WebSocket", "status of 404")
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.write(price="59000", size="0.01")
    page.deed.click()
    expect(page.send).to_be_focused()

    page.send.click()
    page.page.context.set_offline(True)
    page.page.context.set_offline(False)

    expect(page.rows).to_have_count(1)
    expect(page.rows.first).to_contain_text("Open")
    assert len(placed(alice)) == 1
