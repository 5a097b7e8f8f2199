"""A page to ask the modules of keys in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.house import House

expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
def modules(site: House, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(base_url=site.url)
    page.goto("/keys")
    yield page
    page.close()
