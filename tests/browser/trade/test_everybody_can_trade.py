"""The form and each tab at both widths and in both themes: they fit, and everybody can use them."""

from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk

pytestmark = pytest.mark.long
LOOKS = list(product((DESK, PHONE), ("dark", "light")))
_SMALL = """() => [...document.querySelectorAll("#order-form :is(button, input, select)")]
  .filter((node) => node.getClientRects().length && !["range", "checkbox"].includes(node.type))
  .map((node) => [node.id || node.textContent, node.getBoundingClientRect().height])
  .filter(([, height]) => height < 44)"""
TABS = ("open", "history", "fills", "balances", "profit")


@pytest.fixture
def alice(trader: MakePerson, maker: Person) -> Person:
    alice = trader("alice", USDB="20000", BTC="1")
    alice.trader.place(side="BUY", price="59000", quantity="0.1")
    alice.trader.place(side="BUY", price="60010", quantity="0.1")
    alice.trader.place(side="SELL", price="60000", quantity="0.05")
    return alice


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_form_and_its_review_fit(desk: OpenDesk, alice: Person, width: int, theme: str) -> None:
    page = desk(alice, width=width, theme=theme)
    if width == PHONE:
        page.page.locator("[data-show=trade]").click()
    page.write(price="60010", size="0.05")
    expect(page.deed).to_have_text("Buy 0.05 BTC")
    shot(page.page, f"trade-form-{width}-{theme}")
    assert_fits(page.page)
    assert_accessible(page.page)
    page.deed.click()
    shot(page.page, f"trade-review-{width}-{theme}")

    assert_accessible(page.page)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_tabs_fit(desk: OpenDesk, alice: Person, width: int, theme: str) -> None:
    page = desk(alice, width=width, theme=theme)
    if width == PHONE:
        page.page.locator("[data-show=orders]").click()
    for tab in TABS:
        pane = page.show(tab)
        expect(pane.locator("tbody tr").first).to_be_visible()
        shot(page.page, f"trade-{tab}-{width}-{theme}")
        assert_fits(page.page)
        if tab in ("open", "profit"):  # the others are tables as these are
            assert_accessible(page.page)


def test_what_is_touched_is_large_enough(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    page = desk(trader("alice", USDB="20000"), width=PHONE)
    page.page.locator("[data-show=trade]").click()

    small = page.page.evaluate(_SMALL)

    assert small == []
