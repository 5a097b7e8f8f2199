"""One's vaults at a glance: what is in each, what it owes, how it stands, and what is new, by itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.vault_owners import done, path_of
from tests.browser.conftest import OpenPage
from tests.browser.vaults.scene import SLOW_MS, VaultOwner
from tests.custody.support.house import BTC, CustodyHouse

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
NewOwner = Callable[[str], VaultOwner]


def test_who_has_none_is_shown_the_way_to_the_first(open_page: OpenPage, owner: NewOwner) -> None:
    page = open_page("/vaults", owner("alice"))
    page.get_by_role("link", name="Open your first vault").click()
    expect(page).to_have_url("/vaults/new", timeout=SLOW_MS)


def test_each_is_told_in_figures_and_words_and_kept_fresh(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    number = alice.funded(chain, BTC // 2, mint="10000")
    page = open_page("/vaults", alice)
    row = page.get_by_role("row").filter(has_text=number[:8])
    expect(row).to_contain_text("0.50000000 BTC", timeout=SLOW_MS)
    expect(row).to_contain_text("300.0 %")
    expect(row).to_contain_text("Comfortable")
    expect(row).to_contain_text("$30,000.00")
    expect(row).to_contain_text("50.0 % away")
    done(alice.trader.deed(f"{path_of(number)}/mint", amount="8000"))
    expect(row).to_contain_text("Risky", timeout=SLOW_MS)
    second = alice.trader.open()["vault_id"]
    expect(page.get_by_role("row").filter(has_text=second[:8])).to_contain_text(
        "Waiting for bitcoin", timeout=SLOW_MS
    )


def test_anothers_is_told_to_nobody(open_page: OpenPage, owner: NewOwner, chain: CustodyHouse) -> None:
    number = owner("alice").funded(chain)
    page = open_page("/vaults", owner("bob"))
    expect(page.get_by_text("You have no vault")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text(number[:8])).to_have_count(0)


def test_a_label_is_text_and_nothing_else(open_page: OpenPage, owner: NewOwner, chain: CustodyHouse) -> None:
    alice = owner("alice")
    label = "<img src=x onerror=alert(1)><b>x"
    opened = done(alice.trader.deed("/api/v1/vaults", **alice.trader.opening(label=label)))["vault"]
    page = open_page("/vaults", alice)
    link = page.get_by_role("link", name=label)
    expect(link).to_be_visible(timeout=SLOW_MS)
    link.click()
    expect(page.locator("#vault-name")).to_have_text(label, timeout=SLOW_MS)
    assert opened["label"] == label
