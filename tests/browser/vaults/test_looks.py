"""The pages of vaults and reserves in both widths and themes: they fit, and everybody can use them."""

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.api.vault_owners import done, path_of
from tests.browser.chromium import DESK, PHONE, assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.vaults.scene import SLOW_MS, VaultOwner, deed, shown
from tests.custody.support.house import BTC, CustodyHouse

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
NewOwner = Callable[[str], VaultOwner]
LOOKS = list(product((DESK, PHONE), ("dark", "light")))
DEEDS = ("Repay", "Add bitcoin", "Withdraw", "Save", "Close", "Mint")


def look(page: Page, name: str, width: int, theme: str) -> None:
    shot(page, f"{name}-{width}-{theme}")
    assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_everybody_can_use_ones_vaults(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse, width: int, theme: str
) -> None:
    alice = owner("alice")
    numbers = [alice.funded(chain, BTC, mint=debt) for debt in ("20000", "36000")]
    done(alice.trader.deed(f"{path_of(numbers[0])}/repay", amount="1000"))
    page = open_page("/vaults", alice, width=width, theme=theme)
    expect(page.locator("#my-vaults tbody tr")).to_have_count(2, timeout=SLOW_MS)
    expect(page.locator("#my-vaults")).to_contain_text("Risky", timeout=SLOW_MS)
    look(page, "vaults", width, theme)
    page.goto(f"/vaults/{numbers[0]}")
    shown(page)
    for name in DEEDS:
        deed(page, name)
        assert_fits(page)
        assert_accessible(page)
    form = deed(page, "Mint")
    form.get_by_label("Dollars to mint").fill("5000")
    expect(form.locator(".before-after")).to_be_visible(timeout=SLOW_MS)
    look(page, "vault", width, theme)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_everybody_can_use_the_wizard(open_page: OpenPage, owner: NewOwner, width: int, theme: str) -> None:
    page = open_page("/vaults/new", owner("alice"), width=width, theme=theme)
    expect(page.locator("#wizard-terms")).to_contain_text("150.0 %", timeout=SLOW_MS)
    look(page, "vaults-new", width, theme)
    page.get_by_role("button", name="Choose a key").click()
    page.get_by_role("button", name="Hardware wallet or file").click()
    page.get_by_text("Or by one command").click()
    look(page, "vaults-new-key", width, theme)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_everybody_can_use_the_reserves(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse, width: int, theme: str
) -> None:
    number = owner("alice").funded(chain, BTC, mint="20000")
    page = open_page("/reserves", width=width, theme=theme)
    row = page.locator("#vault-coins tbody tr").first
    expect(row).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#reserves-verdict")).to_contain_text("identities", timeout=SLOW_MS)
    row.locator("summary").click()
    look(page, "reserves", width, theme)
    assert number
