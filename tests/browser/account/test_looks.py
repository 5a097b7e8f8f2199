"""Every page of an account and its wallets: silent in the console, fitting, and usable by everybody."""

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.people import Person

pytestmark = pytest.mark.long

OUTSIDE = ["/signup", "/login", "/password/forgot"]
INSIDE = [
    "/account",
    "/account/security",
    "/account/keys",
    "/account/notices",
    "/wallet",
    "/wallet/deposit",
    "/wallet/withdraw",
    "/wallet/transfer",
    "/wallet/statements",
]
LOOKS = list(product((DESK, PHONE), ("dark", "light")))


@pytest.mark.parametrize("path", [*OUTSIDE, *INSIDE])
def test_everybody_can_use_it(open_page: OpenPage, person: Callable[..., Person], path: str) -> None:
    alice = person("alice", USDB="100", BTC="0.5") if path in INSIDE else None
    for width, theme in LOOKS:
        page = open_page(path, alice, width=width, theme=theme)
        expect(page.locator(".skeleton")).to_have_count(0, timeout=30_000)
        page.wait_for_load_state("networkidle")
        shot(page, f"{path.strip('/').replace('/', '-')}-{width}-{theme}")
        assert_fits(page)
        assert_accessible(page)
        page.close()
