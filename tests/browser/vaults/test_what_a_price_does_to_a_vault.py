"""What a vault's page says when the price falls, or is not known any more."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.vault_owners import fix_price
from tests.browser.conftest import OpenPage
from tests.browser.vaults.scene import SLOW_MS, VaultOwner, deed, shown
from tests.custody.support.house import CustodyHouse

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
NewOwner = Callable[[str], VaultOwner]


def test_it_goes_from_comfortable_to_act_now_with_two_ways_out(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    page = open_page(f"/vaults/{alice.funded(chain, mint='20000')}", alice)
    shown(page)
    risk, banner = page.locator("#vault-risk"), page.locator("#vault-banner")
    expect(risk).to_have_text("▲ Comfortable", timeout=SLOW_MS)
    expect(banner).to_be_empty()
    for dollars, words in ((34_000, "▼ Risky"), (31_000, "▼ Below warning"), (29_000, "▼ Below liquidation")):
        fix_price(dollars)
        expect(risk).to_contain_text(words, timeout=SLOW_MS)
        expect(banner.get_by_role("button", name="Add bitcoin")).to_be_visible()
    banner.get_by_role("button", name="Repay or save").click()
    expect(page.get_by_role("tab", name="Save")).to_have_attribute("aria-selected", "true")
    form = deed(page, "Save")
    form.get_by_role("button", name="What it takes").click()
    expect(form.locator(".before-after")).to_contain_text("161.", timeout=SLOW_MS)


def test_the_simulator_says_how_far_the_price_may_fall(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    page = open_page(f"/vaults/{alice.funded(chain, mint='20000')}", alice)
    shown(page)
    result = page.locator("#drop-result")
    page.get_by_role("button", name="−30 %").click()
    expect(result).to_contain_text("$42,000.00", timeout=SLOW_MS)
    # 210 % and 50 %, or a little less with what the fee has added.
    expect(result).to_contain_text(re.compile(r"(210\.0|209\.9) %"))
    expect(result).to_contain_text(re.compile(r"It stands a fall of (50\.0|49\.9) %"))
    page.get_by_label("Fall:").fill("60")
    expect(result).to_contain_text("Below liquidation threshold")


def test_without_a_price_minting_says_why_and_what_still_works(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    page = open_page(f"/vaults/{alice.funded(chain, mint='2000')}", alice)
    shown(page)
    fix_price(minting_paused_until_ms=2**50)
    expect(page.locator("#deed-refused")).to_contain_text("repaying and saving still work", timeout=SLOW_MS)
    deed(page, "Repay")
    expect(page.locator("#deed-refused")).to_be_hidden()
