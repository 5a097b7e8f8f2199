"""A running house, Chromium, people with money, and pages that must not complain."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import httpx
import pytest
from django.db import close_old_connections
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.api.bitcoin import watched_chain
from tests.api.house import House, running_house
from tests.browser.chromium import DESK, Watch, launched, open_context
from tests.browser.people import Person, new_person
from tests.custody.support.house import CustodyHouse

OpenPage = Callable[..., Page]
PATIENCE_MS = 15_000  # with what a page must come to show


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright turns a loop of its own in this thread, which Django takes for ours.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE_MS)
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Web process and engine; no bots, so that only tests trade."""
    with django_db_blocker.unblock(), running_house() as house:
        yield house


@pytest.fixture(autouse=True)
def _fresh_connections() -> None:
    """As each request begins: a connection that was lost in the test before spoils none after it."""
    close_old_connections()


@pytest.fixture(scope="package")
def chain(site: House) -> Iterator[CustodyHouse]:
    """The one chain that the house knows: another would be a reorganization of all of it."""
    with watched_chain() as chain:
        yield chain


@pytest.fixture(scope="package")
def client(site: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=20) as client:
        yield client


@pytest.fixture
def person(client: httpx.Client) -> Callable[..., Person]:
    """person("alice", USDB="10000") makes one; whatever they still offer is canceled at the end."""
    return lambda name, **funds: new_person(client, name, **funds)


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.settle()


@pytest.fixture
def open_page(site: House, browser: Browser, watch: Watch) -> Iterator[OpenPage]:
    """open_page("/trade", alice, width=390, theme="light") opens it in a browser of its own."""
    with ExitStack() as stack:

        def open_one(
            path: str, person: Person | None = None, *, width: int = DESK, theme: str = "dark"
        ) -> Page:
            cookies = person.cookies(site.url) if person else []
            context: AbstractContextManager[object] = open_context(
                browser, site.url, width=width, theme=theme, cookies=cookies
            )
            page: Page = stack.enter_context(context).new_page()  # type: ignore[attr-defined]
            watch.follow(page, site.url)
            page.goto(path)
            return page

        yield open_one
