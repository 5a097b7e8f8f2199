"""Balances say where money is; a transfer shows what it does before it is sent; statements have it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.house import House
from tests.browser.conftest import OpenPage
from tests.browser.people import Person

pytestmark = pytest.mark.long
SLOW_MS = 30_000


def test_the_faucet_fills_an_empty_wallet_once_however_often_it_is_pressed(
    open_page: OpenPage, person: Callable[..., Person]
) -> None:
    alice = person("alice")
    page = open_page("/wallet", alice)
    expect(page.get_by_text("Your wallet is empty")).to_be_visible()
    page.get_by_role("button", name="Take 10,000 USDB").dblclick()
    row = page.get_by_role("row", name="USDB")
    expect(row).to_contain_text("10,000.00")
    expect(page.locator(".total-figure")).to_have_text("$10,000.00")
    assert alice.trader.holding("USDB")["funding_available"] == "10000.00000000"


def test_a_transfer_says_what_it_does_and_does_it(open_page: OpenPage, person: Callable[..., Person]) -> None:
    bob = person("bob", USDB="300")
    page = open_page("/wallet/transfer?asset=USDB", bob)
    page.get_by_role("button", name="The other way round").click()
    page.get_by_label("Amount").fill("400")
    expect(page.get_by_text("That is more than 300.00 USDB.")).to_be_visible()
    expect(page.get_by_role("button", name="Move 400.00 USDB to funding")).to_be_disabled()
    page.get_by_label("Amount").fill("120.5")
    expect(page.locator('[data-has="from"]')).to_have_text("300.00 USDB → 179.50")
    page.get_by_role("button", name="Move 120.50 USDB to funding").click()
    expect(page.get_by_text("Arrived")).to_have_count(2, timeout=SLOW_MS)
    assert bob.trader.holding("USDB")["funding_available"] == "120.50000000"
    page.goto("/wallet/statements")
    expect(page.get_by_role("row").nth(1)).to_contain_text("120.50 USDB")


def test_with_the_engine_away_money_is_said_to_be_on_its_way_and_arrives(
    open_page: OpenPage, person: Callable[..., Person], site: House
) -> None:
    erin = person("erin", USDB="50")
    page = open_page("/wallet/transfer?asset=USDB", erin)
    page.get_by_role("button", name="The other way round").click()
    page.get_by_label("Amount").fill("20")
    with site.engine_gone():
        page.get_by_role("button", name="Move 20.00 USDB to funding").click()
        expect(page.get_by_text("On its way", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("On its way", exact=True)).to_be_hidden(timeout=SLOW_MS)
    expect(page.locator('[data-has="to"]')).to_contain_text("20.00 USDB", timeout=SLOW_MS)
    assert erin.trader.holding("USDB")["funding_available"] == "20.00000000"


def test_trades_are_shown_with_what_they_earned(open_page: OpenPage, person: Callable[..., Person]) -> None:
    carol, dave = person("carol", USDB="2000"), person("dave", BTC="0.1")
    dave.trader.place(side="SELL", price="10000", quantity="0.1")
    carol.trader.place(side="BUY", price="10000", quantity="0.1")
    page = open_page("/wallet/statements", carol)
    page.get_by_role("button", name="Trades, profit and loss").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("BTC-USDB")
    expect(page.get_by_text("Profit in BTC-USDB")).to_be_visible()
    assert "kind" not in (page.get_by_role("link", name="CSV").get_attribute("href") or "")
    page.get_by_label("From (UTC)").fill("2031-01-01")
    expect(page.get_by_text("No trades in this time")).to_be_visible()
    assert "start=1924992000000" in (page.get_by_role("link", name="CSV").get_attribute("href") or "")
