"""Home refreshes itself without taking the keyboard from anybody, and says when what it shows is old."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.chromium import Watch
from tests.browser.cockpit.conftest import OpenAdmin

pytestmark = pytest.mark.long

BOARD = reverse("admin:work")
STALE = re.compile(r"\bstale\b")


def refresh(page: Page) -> None:
    """What the clock of the page does."""
    page.evaluate("url => htmx.ajax('GET', url, {target: '#board', swap: 'innerHTML'})", BOARD)


def test_the_keyboard_stays_where_it_was(open_admin: OpenAdmin) -> None:
    page = open_admin("/admin/")
    link = page.locator("#figure-1")
    link.focus()
    page.evaluate("document.querySelector('.as-of').dataset.old = '1'")
    refresh(page)
    expect(page.locator(".as-of[data-old]")).to_have_count(0)
    expect(link).to_be_focused()


def test_what_cannot_be_refreshed_is_said_to_be_old(open_admin: OpenAdmin, watch: Watch) -> None:
    watch.allow("Failed to load resource", "htmx")
    page = open_admin("/admin/")
    page.route(f"**{BOARD}", lambda route: route.abort())
    page.evaluate("url => htmx.ajax('GET', url, {target: '#board'}).catch(() => null)", BOARD)
    expect(page.locator("#board")).to_have_class(STALE)
    expect(page.get_by_text("this is old")).to_be_visible()
    page.unroute(f"**{BOARD}")
    refresh(page)
    expect(page.locator("#board")).not_to_have_class(STALE)
