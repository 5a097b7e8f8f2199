"""A fill is told where it happens: in each browser of both sides, in rows, balances, fills and profit."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.trade.conftest import MakePerson, OpenDesk

pytestmark = pytest.mark.long


def test_both_sides_hear_of_it_in_all_of_their_browsers(desk: OpenDesk, trader: MakePerson) -> None:
    alice, bob = trader("alice", USDB="10000"), trader("bob", BTC="1")
    first, second, his = desk(alice), desk(alice), desk(bob)

    first.place(price="50000", size="0.1")
    expect(second.rows.first).to_contain_text("50,000.00")
    his.place(side="SELL", price="50000", size="0.04")

    for page in (first, second):
        expect(page.said).to_contain_text("Bought 0.04 BTC at 50,000.00.")
        expect(page.rows.first).to_contain_text("Partly filled")
        expect(page.rows.first).to_contain_text("40 %")
    expect(his.said).to_contain_text("Sold 0.04 BTC at 50,000.00.")
    expect(second.show("fills")).to_contain_text("Maker")
    expect(his.show("fills")).to_contain_text("Taker")
    expect(his.show("balances")).to_contain_text("0.96")


def test_profit_and_loss_follow(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    alice = trader("alice", USDB="20000")
    alice.trader.place(side="BUY", price="60010", quantity="0.1")
    alice.trader.place(side="SELL", price="60000", quantity="0.04")

    pane = desk(alice).show("profit")

    expect(pane).to_contain_text("0.06 BTC")
    expect(pane).to_contain_text("▼ −")
    expect(pane.locator("tbody tr")).to_have_count(1)


def test_what_was_missed_while_away_is_told_after(desk: OpenDesk, trader: MakePerson, maker: Person) -> None:
    alice = trader("alice", USDB="10000")
    page = desk(alice)
    page.page.context.set_offline(True)
    expect(page.page.locator("#order-reason")).to_contain_text("offline")
    expect(page.deed).to_be_disabled()

    alice.trader.place(side="BUY", price="55000", quantity="0.01")
    page.page.context.set_offline(False)

    expect(page.rows.first).to_contain_text("55,000.00")
    expect(page.deed).to_be_enabled()
