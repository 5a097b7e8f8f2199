"""A page to ask modules in, and a market with somebody on both sides."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.api.house import House


@pytest.fixture(scope="package")
def modules(site: House, browser: Browser) -> Iterator[Page]:
    """Nothing of it is looked at: modules are asked in it."""
    page = browser.new_page(base_url=site.url)
    page.goto("/trade")
    yield page
    page.close()
