"""The page of the price: what it may be used for, every source and its verdict, and a clear no."""

import time
from itertools import product

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.api.house import House as Site
from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.oracle.rows import SOURCES, House

pytestmark = pytest.mark.long

SLOW_MS = 30_000


class Prices:
    """Makes rounds of now. They stay: what a round leaves belongs together."""

    def __init__(self) -> None:
        self._house = House()

    def now(self, *dollars: int) -> None:
        self._house.now_ms = time.time_ns() // 1_000_000 - 1_000 - 2_000 * len(dollars)
        self._house.rounds(*dollars)


@pytest.fixture(scope="module")
def of_this_house(site: Site) -> Prices:
    return Prices()


@pytest.fixture
def prices(of_this_house: Prices, settings: Settings) -> Prices:
    settings.ORACLE_SOURCES = list(SOURCES)
    return of_this_house


def use(page: Page, name: str) -> str:
    found = page.locator(f'[data-use="{name}"]').inner_text()
    return " ".join(found.split())


@pytest.mark.long
@pytest.mark.parametrize(("width", "theme"), list(product((DESK, PHONE), ("dark", "light"))))
def test_everybody_can_use_it(open_page: OpenPage, prices: Prices, width: int, theme: str) -> None:
    page = open_page("/oracle", width=width, theme=theme)
    prices.now(60_000, 60_010)
    expect(page.locator(".chart-words")).to_contain_text("Over the last hour", timeout=SLOW_MS)
    expect(page.locator(".skeleton")).to_have_count(0, timeout=SLOW_MS)
    shot(page, f"oracle-{width}-{theme}")
    assert_fits(page)
    assert_accessible(page)


def test_a_fresh_price_says_what_it_may_be_used_for(open_page: OpenPage, prices: Prices) -> None:
    page = open_page("/oracle")
    prices.now(60_000, 60_010)
    expect(page.locator("#price")).to_have_text("60,010.00", timeout=SLOW_MS)
    expect(page.locator("#sources tr")).to_have_count(len(SOURCES))
    expect(page.locator("#sources")).to_contain_text("kept")
    expect(page.locator("#simulated")).to_be_hidden()
    expect(page.locator("#who-may tr.is-now")).to_have_count(1, timeout=SLOW_MS)


def test_a_price_that_grows_old_is_a_clear_no(open_page: OpenPage, prices: Prices) -> None:
    prices.now(60_000, 60_010)
    page = open_page("/oracle")
    expect(page.locator("#state")).to_contain_text("Stale", timeout=SLOW_MS)
    assert "may not" in use(page, "mint")
    assert "may not" in use(page, "liquidate")
    assert "✓ may" in use(page, "display")
    expect(page.locator("#price-panel")).to_have_class("panel price-panel is-stale")


def test_another_span_is_another_line(open_page: OpenPage, prices: Prices) -> None:
    prices.now(60_000, 60_010)
    page = open_page("/oracle")
    expect(page.locator(".chart-words")).to_contain_text("Over the last hour", timeout=SLOW_MS)
    page.get_by_role("button", name="7 days").click()
    expect(page.locator(".chart-words")).to_contain_text("Over the last seven days", timeout=SLOW_MS)
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
