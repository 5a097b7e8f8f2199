"""The way to a new vault: with keys of this browser or a proof from elsewhere, and no private key ever."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.api.vault_owners import path_of, pay_vault
from tests.browser.chromium import Watch, assert_accessible, shot
from tests.browser.conftest import OpenPage
from tests.browser.keys.scene import PASSPHRASE, bring_words
from tests.browser.vaults.scene import SLOW_MS, VaultOwner, shown
from tests.custody.support.house import BTC, CustodyHouse

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
NewOwner = Callable[[str], VaultOwner]
SCRYPT_MS = 120_000


def open_by_hand(page: Page, label: str) -> str:
    """Through the wizard, with the keys of this browser. The vault's number."""
    page.goto("/vaults/new")
    page.get_by_role("button", name="Choose a key").click()
    page.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    page.get_by_role("button", name="Use this key").click()
    expect(page.get_by_role("heading", name="Three keys")).to_be_focused(timeout=SCRYPT_MS)
    assert_accessible(page)
    page.get_by_role("button", name="Open the vault").click()
    expect(page.get_by_text("Say that you can find your key again")).to_be_visible()
    page.get_by_label("A name for it").fill(label)
    page.get_by_label("I can find my key again").check()
    shot(page, "vaults-new-review")
    page.get_by_role("button", name="Open the vault").click()
    expect(page.get_by_role("heading", name="It is open")).to_be_focused(timeout=SLOW_MS)
    expect(page.locator("#opened-deposits")).to_contain_text("Nothing was paid to it yet", timeout=SLOW_MS)
    shot(page, "vaults-new-opened")
    assert_accessible(page)
    return page.url.rpartition("/")[2]


def test_keys_of_this_browser_open_one_and_what_is_paid_shows(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    page = open_page("/keys", alice)
    bring_words(page)
    number = open_by_hand(page, "My savings")
    opened = alice.trader.vault(path_of(number))
    assert opened["label"] == "My savings"
    expect(page.locator("#opened-address .address")).to_have_attribute("title", opened["address"])
    pay_vault(chain, opened["address"], BTC)
    expect(page.locator("#opened-deposits")).to_contain_text("Collateral", timeout=SLOW_MS)
    page.get_by_role("link", name="Go to the vault").click()
    shown(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the recovery file").click()
    kept = json.loads(download.value.path().read_text())
    assert kept["descriptor"].startswith("wsh(")


def test_a_private_key_is_refused_in_the_browser_and_sent_to_nobody(
    open_page: OpenPage, owner: NewOwner
) -> None:
    page = open_page("/vaults/new", owner("alice"))
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(f"{request.url} {request.post_data}"))
    secret = "xprv9s21ZrQH143K3" + "a" * 94
    page.get_by_role("button", name="Choose a key").click()
    page.get_by_role("button", name="Hardware wallet or file").click()
    page.get_by_label("Account key with its origin").fill(secret)
    expect(page.locator("#other-form")).to_contain_text("must never be pasted into a page")
    expect(page.get_by_label("Account key with its origin")).to_have_value("")
    assert not [one for one in bodies if secret[:20] in one]


def test_a_key_of_a_hardware_wallet_is_proved_by_its_signature(
    open_page: OpenPage, owner: NewOwner, watch: Watch
) -> None:
    alice = owner("alice")
    watch.allow("400", "422")
    given = alice.trader.opening()
    page = open_page("/vaults/new", alice)
    page.get_by_role("button", name="Choose a key").click()
    page.get_by_role("button", name="Hardware wallet or file").click()
    page.get_by_label("Account key with its origin").fill(given["key"])
    text = page.locator("#proof-text")
    expect(text).to_contain_text(f"account: {alice.trader.user_id}", timeout=SLOW_MS)
    expect(text).to_contain_text(f"key: {given['key']}")
    body = json.dumps({name: given[name] for name in ("key", "time", "proof")})
    page.get_by_text("Or by one command").click()
    page.set_input_files("#proof-file", {"name": "p.json", "mimeType": "text/plain", "buffer": body.encode()})
    expect(page.get_by_label("The signature")).to_have_value(given["proof"], timeout=SLOW_MS)
    expect(text).to_contain_text(f"time: {given['time']}")
    page.locator("#other-form").get_by_role("button", name="Use this key").click()
    page.get_by_label("I can find my key again").check(timeout=SLOW_MS)
    page.get_by_role("button", name="Open the vault").click()
    expect(page.get_by_role("heading", name="It is open")).to_be_visible(timeout=SLOW_MS)
