"""The page of the house without scripts, with them, and without its web process; every page's banner."""

import os
import re
import signal

import pytest
from playwright.sync_api import Browser, expect

from tests.api.house import House
from tests.browser.chromium import DESK, PHONE, Watch, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.status.scene import process

pytestmark = pytest.mark.long

SLOW_MS = 40_000
AWAY = ("Failed to load resource", "net::ERR", "WebSocket connection", "TimeoutError")


@pytest.mark.long
@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_everybody_can_use_it(open_page: OpenPage, width: int, theme: str) -> None:
    page = open_page("/status", width=width, theme=theme)
    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    shot(page, f"status-{width}-{theme}")
    assert_fits(page)
    assert_accessible(page)


def test_it_is_whole_without_scripts(site: House, browser: Browser) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/status")
    expect(page.get_by_role("heading", level=1)).to_contain_text("house")
    expect(page.locator(".can > li")).to_have_count(10)
    expect(process(page, "engine")).to_contain_text("runs")
    context.close()


def test_it_goes_on_by_itself_and_keeps_the_focus(open_page: OpenPage) -> None:
    page = open_page("/status")
    link = page.get_by_role("link", name="The oracle")
    link.focus()
    first = page.locator("#as-of").inner_text()
    expect(page.locator("#as-of")).not_to_have_text(first, timeout=SLOW_MS)
    expect(link).to_be_focused()


def test_an_engine_that_is_gone_is_red_with_its_reason_and_green_when_it_is_back(
    site: House, open_page: OpenPage
) -> None:
    page = open_page("/status")
    engine = page.locator('[data-key="engine 0"]')
    expect(engine).to_contain_text("leads", timeout=SLOW_MS)
    with site.engine_gone():
        expect(engine).to_contain_text(re.compile("commands are not taken|nobody leads"), timeout=SLOW_MS)
        expect(page.locator(".can > li.bad", has_text="Trading")).to_be_visible()
        expect(page.locator('[data-key="incidents"]')).to_contain_text("still so")
    expect(engine).not_to_contain_text("commands are not taken", timeout=SLOW_MS)
    expect(engine.locator(".mark.ok")).to_be_visible(timeout=SLOW_MS)


def test_another_page_says_what_is_away_and_what_still_works(site: House, open_page: OpenPage) -> None:
    page = open_page("/oracle")
    banner = page.locator("#house-banner")
    away = banner.locator("strong")
    with site.engine_gone():
        expect(away).to_contain_text("Not available now: trading", timeout=SLOW_MS)
        expect(banner).to_contain_text("Still there")
        expect(banner.get_by_role("link", name="Status")).to_be_visible()
    expect(away).not_to_contain_text("trading", timeout=SLOW_MS)


def test_a_web_process_that_hangs_is_said_and_the_page_goes_on_when_it_is_back(
    site: House, open_page: OpenPage, watch: Watch
) -> None:
    watch.allow(*AWAY)
    page = open_page("/status")
    expect(process(page, "web")).to_contain_text("runs")
    os.kill(site.web.pid, signal.SIGSTOP)
    try:
        expect(page.locator("#board")).to_have_class(re.compile("is-stale"), timeout=SLOW_MS)
        expect(page.locator("#house-banner")).to_contain_text("does not answer", timeout=SLOW_MS)
    finally:
        os.kill(site.web.pid, signal.SIGCONT)
    expect(page.locator("#house-banner")).not_to_contain_text("does not answer", timeout=SLOW_MS)
    expect(page.locator("#board")).not_to_have_class(re.compile("is-stale"), timeout=SLOW_MS)
