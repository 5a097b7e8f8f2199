"""A vault from keys that a browser keeps to a withdrawal that they sign: opened, paid, minted, signed."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.api.bitcoin import OUTSIDE
from tests.api.vault_owners import path_of, pay_vault
from tests.browser.chromium import Watch, assert_accessible, shot
from tests.browser.conftest import OpenPage
from tests.browser.keys.scene import PASSPHRASE, bring_words
from tests.browser.vaults.scene import SLOW_MS, VaultOwner, deed, figure, said, shown
from tests.custody.support.house import BTC, CustodyHouse

pytestmark = pytest.mark.long
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


def test_the_whole_life(open_page: OpenPage, owner: NewOwner, chain: CustodyHouse) -> None:
    alice = owner("alice")
    page = open_page("/keys", alice)
    bring_words(page)
    number = open_by_hand(page, "My savings")
    address = alice.trader.vault(path_of(number))["address"]
    expect(page.locator("#opened-address .address")).to_have_attribute("title", address)
    pay_vault(chain, address, BTC)
    expect(page.locator("#opened-deposits")).to_contain_text("Collateral", timeout=SLOW_MS)
    page.get_by_role("link", name="Go to the vault").click()
    shown(page)
    form = deed(page, "Mint")
    form.get_by_label("Dollars to mint").fill("5000")
    form.get_by_role("button", name="Mint $5,000.00").click()
    expect(figure(page, "Debt")).to_contain_text("$5,000.00", timeout=SLOW_MS)
    form = deed(page, "Withdraw")
    form.get_by_label("Bitcoin that shall arrive").fill("0.25")
    form.get_by_label("To the address").fill(OUTSIDE)
    form.get_by_role("button", name="Withdraw 0.25000000 BTC").click()
    sign_here(page)
    expect(said(page)).to_contain_text("Signed", timeout=SCRYPT_MS)
    row = page.locator("#withdrawals tbody tr")
    expect(row).to_contain_text("Signed by you", timeout=SLOW_MS)
    [shown_row] = alice.trader.get(f"{path_of(number)}/withdrawals")["withdrawals"]
    assert (shown_row["status"], shown_row["amount"]) == ("SIGNED", "0.25000000")


def sign_here(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("0.25", timeout=SLOW_MS)
    field = dialog.get_by_label("Passphrase")
    expect(field).to_be_visible(timeout=SLOW_MS)
    shot(page, "vaults-sign")
    assert_accessible(page)
    field.fill(PASSPHRASE)
    dialog.get_by_role("button", name="Sign 0.25 BTC").click()


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
