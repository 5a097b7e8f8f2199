"""The whole house as a person starts it: each part of it is killed while two pages are open. They never go
blank, the status page counts the restart, and the market lives on by itself.
"""

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESK, open_context, shot
from tests.browser.status.scene import part, process
from tests.platform.person import read_screen, up
from tests.platform.processes import free_port, state_folder

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

HEALED_MS = 150_000
SERVERS = {"valkey": "Redis", "postgres": "PostgreSQL"}
LINES = ("engine", "worker", "beat", "bots", "watcher", "chain", "web")
_STATE, _RESTARTS = 0, 4  # columns of the table of processes


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[str, dict[str, int]]]:
    """Its URL, and the pids that its screen shows."""
    with state_folder() as folder, up(folder, port := free_port()) as running:
        yield f"http://127.0.0.1:{port}", read_screen(running)


@pytest.fixture(scope="module")
def pages(house: tuple[str, dict[str, int]], browser: Browser) -> Iterator[tuple[Page, Page]]:
    """The market and the status, in one browser."""
    with open_context(browser, house[0], width=DESK, theme="dark", cookies=[]) as context:
        market, status = context.new_page(), context.new_page()
        market.goto("/trade/BTC-USDB")
        status.goto("/status")
        yield market, status


def assert_it_trades(market: Page) -> None:
    """A trade comes to the tape while one looks."""
    newest = market.locator("[data-trades] tr").first
    before = newest.inner_text(timeout=HEALED_MS)
    expect(newest).not_to_have_text(before, timeout=HEALED_MS)


def test_the_market_of_a_new_house_lives(pages: tuple[Page, Page]) -> None:
    """Bots quote and trade: the book has two sides, and prices change while one looks."""
    market, _ = pages
    for side in ("bids", "asks"):
        expect(market.locator(f"[data-{side}] tr[data-price]").nth(5)).to_be_visible(timeout=HEALED_MS)
    shot(market, "whole-trade")
    assert_it_trades(market)


@pytest.mark.parametrize("line", LINES)
def test_a_process_that_is_killed_is_counted_and_back(
    house: tuple[str, dict[str, int]], pages: tuple[Page, Page], line: str
) -> None:
    market, status = pages
    cells = process(status, line).locator("td")
    expect(cells.nth(_STATE)).to_contain_text("runs", timeout=HEALED_MS)
    restarts = cells.nth(_RESTARTS).inner_text()
    os.kill(house[1][line], signal.SIGKILL)
    expect(market.get_by_text("BTC-USDB").first).to_be_visible()
    expect(cells.nth(_RESTARTS)).not_to_have_text(restarts, timeout=HEALED_MS)
    expect(cells.nth(_STATE)).to_contain_text("runs", timeout=HEALED_MS)


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_is_killed_is_back_and_pages_went_on(
    house: tuple[str, dict[str, int]], pages: tuple[Page, Page], server: str
) -> None:
    market, status = pages
    mark = part(status, SERVERS[server]).locator(".mark")
    expect(mark).to_have_class("mark ok", timeout=HEALED_MS)
    os.kill(house[1][server], signal.SIGKILL)
    market.reload()
    expect(market.get_by_text("BTC-USDB").first).to_be_visible(timeout=HEALED_MS)
    expect(mark).to_have_class("mark ok", timeout=HEALED_MS)


def test_after_all_that_the_market_lives_on(pages: tuple[Page, Page]) -> None:
    market, _ = pages
    expect(market.locator("#house-banner")).to_be_hidden(timeout=HEALED_MS)
    assert_it_trades(market)
