"""The trade page as hands and eyes have it."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Desk:
    page: Page

    def await_account(self) -> None:
        expect(self.page.locator("[data-fact=available]")).to_have_text(re.compile("USDB|BTC"))

    def await_book(self) -> None:
        expect(self.page.locator("#order-price")).to_have_value(re.compile(r"\d"))

    @property
    def deed(self) -> Locator:
        return self.page.locator("#order-deed")

    @property
    def send(self) -> Locator:
        return self.page.locator("#review-send")

    @property
    def rows(self) -> Locator:
        """Open orders, and what is being sent."""
        return self.page.locator("#pane-open tbody tr")

    @property
    def said(self) -> Locator:
        return self.page.locator("#said")

    def write(self, *, price: str | None = None, size: str | None = None, side: str = "BUY") -> None:
        self.page.locator(f".sides [data-side={side}]").click()
        if price is not None:
            self.page.locator("#order-price").fill(price)
        if size is not None:
            self.page.locator("#order-size").fill(size)

    def place(self, *, price: str, size: str, side: str = "BUY") -> None:
        """Writes, reviews and sends a limit order; it may not be in yet."""
        self.write(price=price, size=size, side=side)
        self.deed.click()
        self.send.click()

    def show(self, tab: str) -> Locator:
        self.page.locator(f"#tab-{tab}").click()
        return self.page.locator(f"#pane-{tab}")

    def fact(self, name: str) -> Locator:
        return self.page.locator(f"[data-fact={name}]")
