"""A market with something in it, and how a test finds its way on the trade page."""

from playwright.sync_api import Page, expect

from tests.api.house import MARKET
from tests.api.people import Trader

BIDS = (("60000.00", "0.50000"), ("59990.00", "1.00000"), ("59900.00", "2.00000"))
ASKS = (("60010.00", "0.40000"), ("60020.00", "1.50000"), ("60100.00", "3.00000"))


def quote(maker: Trader) -> None:
    """Three bids and three asks."""
    for side, levels in (("BUY", BIDS), ("SELL", ASKS)):
        for price, quantity in levels:
            maker.place(side=side, price=price, quantity=quantity)


def await_live(page: Page) -> None:
    expect(page.locator("[data-link]")).to_have_attribute("data-state", "live")


def prices(page: Page, side: str) -> list[str]:
    """Of the "bids" or "asks" that are shown, from top to bottom."""
    return page.locator(f"[data-{side}] tr[data-price] button").all_inner_texts()


def trade_page(symbol: str = MARKET) -> str:
    return f"/trade/{symbol}"
