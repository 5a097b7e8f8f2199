"""What a vault's owner does on its page: he sees before and after, and the house does it once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.vault_owners import done, fix_price, path_of
from tests.browser.chromium import Watch
from tests.browser.conftest import OpenPage
from tests.browser.vaults.scene import SLOW_MS, VaultOwner, after, deed, figure, said, shown
from tests.custody.support.house import CustodyHouse

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
NewOwner = Callable[[str], VaultOwner]


def test_minting_shows_before_and_after_and_is_done_once(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    number = alice.funded(chain)
    page = open_page(f"/vaults/{number}", alice)
    shown(page)
    form = deed(page, "Mint")
    form.get_by_label("Dollars to mint").fill("10000")
    expect(after(form, "Ratio")).to_have_text("600.0 %", timeout=SLOW_MS)
    expect(after(form, "Liquidation price")).to_have_text("$15,000.00")
    expect(after(form, "Available to mint")).to_have_text("$30,000.00")
    form.get_by_role("button", name="Mint $10,000.00").dblclick()
    expect(said(page)).to_contain_text("Minted $10,000.00", timeout=SLOW_MS)
    expect(figure(page, "Debt")).to_contain_text("$10,000.00", timeout=SLOW_MS)
    expect(page.locator("#history")).to_contain_text("$10,000.00 minted at $60,000.00", timeout=SLOW_MS)
    events = alice.trader.get(f"{path_of(number)}/events")["events"]
    assert [one["name"] for one in events].count("MINTED") == 1


def test_what_would_be_refused_says_why_and_what_is_possible(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse, watch: Watch
) -> None:
    alice = owner("alice")
    page = open_page(f"/vaults/{alice.funded(chain)}", alice)
    watch.allow("422")
    shown(page)
    form = deed(page, "Mint")
    form.get_by_label("Dollars to mint").fill("50000")
    expect(form).to_contain_text("Possible now: $40,000.00", timeout=SLOW_MS)
    expect(form).to_contain_text("BELOW_MINIMUM_RATIO")
    form.get_by_label("Dollars to mint").fill("10")
    expect(form).to_contain_text("The least is $1,000.00", timeout=SLOW_MS)
    form.get_by_role("button", name="Mint").click()
    expect(form.locator('[data-problem-of="amount"]')).to_contain_text("least", timeout=SLOW_MS)
    form.get_by_label("Dollars to mint").fill("1,000")
    form.get_by_role("button", name="Mint").click()
    expect(form.locator('[data-problem-of="amount"]')).to_contain_text("Digits with a point")


def test_a_price_that_moves_between_look_and_click_changes_nothing(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse, watch: Watch
) -> None:
    alice = owner("alice")
    number = alice.funded(chain)
    page = open_page(f"/vaults/{number}", alice)
    watch.allow("409")
    shown(page)
    form = deed(page, "Mint")
    form.get_by_label("Dollars to mint").fill("10000")
    expect(after(form, "Ratio")).to_have_text("600.0 %", timeout=SLOW_MS)
    expect(page.locator("#price-mint")).to_have_text("$60,000.00")
    page.clock.install()  # the page stands still: it neither looks again nor hears of the new price
    fix_price(50_000)
    form.get_by_role("button", name="Mint $10,000.00").click()
    expect(form.locator("[data-form-problem], [data-problem-of]").first).to_be_attached()
    assert alice.trader.vault(path_of(number))["debt"] == "0.00000000"


def test_a_risky_deed_is_asked_about(open_page: OpenPage, owner: NewOwner, chain: CustodyHouse) -> None:
    alice = owner("alice")
    number = alice.funded(chain)
    page = open_page(f"/vaults/{number}", alice)
    shown(page)
    form = deed(page, "Mint")
    form.get_by_role("button", name="Most").click()
    expect(after(form, "Ratio")).to_have_text("150.0 %", timeout=SLOW_MS)
    form.get_by_role("button", name="Mint $40,000.00").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This leaves little room")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert alice.trader.vault(path_of(number))["debt"] == "0.00000000"


def test_all_that_is_owed_is_repaid_and_the_vault_says_so(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    number = alice.funded(chain, mint="5000")
    page = open_page(f"/vaults/{number}#repay", alice)
    shown(page)
    form = deed(page, "Repay")
    form.get_by_label("All that is owed").check()
    expect(after(form, "Debt")).to_have_text("$0.00", timeout=SLOW_MS)
    form.get_by_role("button", name="Repay all").click()
    expect(said(page)).to_contain_text("Repaid", timeout=SLOW_MS)
    expect(page.locator("#vault-risk")).to_have_text("No debt", timeout=SLOW_MS)


def test_a_deed_elsewhere_shows_by_itself(open_page: OpenPage, owner: NewOwner, chain: CustodyHouse) -> None:
    alice = owner("alice")
    number = alice.funded(chain)
    page = open_page(f"/vaults/{number}", alice)
    shown(page)
    done(alice.trader.deed(f"{path_of(number)}/mint", amount="1000"))
    expect(figure(page, "Debt")).to_contain_text("$1,000.00", timeout=SLOW_MS)
    expect(page.locator("#history")).to_contain_text("minted", timeout=SLOW_MS)
