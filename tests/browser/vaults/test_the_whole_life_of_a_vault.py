"""A vault from its first words on paper to its end, signed by keys that only the owner's browser has."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from custody.bitcoin.addresses import read_address
from custody.bitcoin.transactions import parse_tx
from custody.bitcoin.types import Network, Role
from custody.models import SpendVersion
from custody.services.spending.outside import Outside
from custody.services.spending.pay import run_once
from tests.api.vault_owners import catch_up, done, path_of, pay_vault
from tests.browser.chromium import assert_accessible, assert_fits, shot
from tests.browser.conftest import OpenPage
from tests.browser.keys.scene import PASSPHRASE, choose_passphrase
from tests.browser.keys.scene import SLOW_MS as SEALING_MS
from tests.browser.vaults.scene import SLOW_MS, VaultOwner, after, deed, figure, said, shown
from tests.custody.support.house import BTC, CustodyHouse
from tests.custody.support.paying import protocol_signer
from tests.custody.support.wallets import address

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
NewOwner = Callable[[str], VaultOwner]
HOME = address("alice-at-home")


def make_keys(page: Page) -> None:
    page.get_by_role("button", name="Make new keys").click()
    page.get_by_role("button", name="Show me the words").click()
    words = page.locator("#words li").all_inner_texts()
    page.get_by_label("I have written all of them").check()
    page.get_by_role("button", name="Hide them and check me").click()
    for label in page.locator("#asked-words label").all_inner_texts():
        page.get_by_label(label, exact=True).fill(words[int(label.split()[1]) - 1])
    page.get_by_role("button", name="Check", exact=True).click()
    choose_passphrase(page)


def open_vault(page: Page) -> str:
    """By the wizard. The vault's number."""
    page.get_by_role("link", name="Go on opening the vault").click()
    page.wait_for_url("**/vaults/new", timeout=SLOW_MS)  # with its scripts
    page.get_by_role("button", name="Choose a key").click()
    page.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    page.get_by_role("button", name="Use this key").click()
    page.get_by_label("I can find my key again").check(timeout=SEALING_MS)
    page.get_by_role("button", name="Open the vault").click()
    expect(page.get_by_role("heading", name="It is open")).to_be_visible(timeout=SLOW_MS)
    return page.url.rpartition("/")[2]


@contextmanager
def signing(page: Page) -> Iterator[None]:
    """In the dialog that opens: look, then sign with the passphrase."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Your browser has read this from the transaction itself")).to_be_visible(
        timeout=SLOW_MS
    )
    yield
    dialog.get_by_label("Passphrase of the keys in this browser").fill(PASSPHRASE)
    dialog.get_by_role("button", name="Sign").click()
    expect(said(page)).to_contain_text("Signed", timeout=SEALING_MS)


def pay_out(chain: CustodyHouse) -> None:
    """The house signs last, tells the network, and a block has it."""
    run_once(Outside(chain.source, {Role.PROTOCOL: protocol_signer()}), now=timezone.now())
    catch_up(chain)
    chain.chain.mine(1)
    catch_up(chain)


def paid_to(number: str) -> list[int]:
    """What this vault's transactions pay to the owner's home."""
    script = read_address(HOME, Network.REGTEST)
    versions = SpendVersion.objects.filter(spend__wallet=number).order_by("spend_id")
    made = [parse_tx(bytes(one.raw)) for one in versions if one.raw]
    return [one.value_sats for tx in made for one in tx.outputs if one.script == script]


def test_a_vault_lives_and_ends_by_keys_of_its_owners_browser(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    alice = owner("alice")
    page = open_page("/keys?next=/vaults/new", alice)
    make_keys(page)
    number = open_vault(page)
    path = path_of(number)
    pay_vault(chain, alice.trader.vault(path)["address"], BTC)
    done(alice.trader.deed(f"{path}/mint", amount="10000"))

    page.goto(f"/vaults/{number}")
    shown(page)
    form = deed(page, "Withdraw")
    form.get_by_label("Bitcoin that shall arrive").fill("0.25")
    form.get_by_label("To the address").fill(HOME)
    expect(after(form, "Ratio")).to_contain_text("449.9 %", timeout=SLOW_MS)
    form.get_by_role("button", name="Withdraw 0.25").click()
    with signing(page):
        table = page.get_by_role("dialog").get_by_role("table")
        expect(table).to_contain_text("0.25000000")
        expect(table).to_contain_text("made of your vault's three keys")
        shot(page, "sign-1440-dark")
        assert_accessible(page)
    pay_out(chain)
    expect(page.locator("#withdrawals")).to_contain_text("Done", timeout=SLOW_MS)
    assert paid_to(number) == [BTC // 4]

    done(alice.trader.deed(f"{path}/repay", all=True))
    page.reload()
    shown(page)
    expect(figure(page, "Debt")).to_contain_text("$0.00", timeout=SLOW_MS)
    form = deed(page, "Close")
    form.get_by_label("To the address").fill(HOME)
    form.get_by_role("button", name="Close the vault").click()
    confirm = page.get_by_role("dialog").get_by_role("button", name="Close the vault")
    if confirm.is_visible():
        confirm.click()
    with signing(page):
        expect(page.get_by_role("dialog").get_by_role("table")).not_to_contain_text("Back into your vault")
    pay_out(chain)
    assert alice.trader.vault(path)["status"] == "CLOSED"
    assert len(paid_to(number)) == 2


def test_a_phone_and_a_browser_without_the_keys_are_shown_the_other_ways(
    open_page: OpenPage, owner: NewOwner, chain: CustodyHouse
) -> None:
    bob = owner("bob")
    number = bob.funded(chain)
    taken = done(bob.trader.deed(f"{path_of(number)}/withdraw", amount="0.1", address=HOME))["withdrawal"]
    for theme in ("dark", "light"):
        page = open_page(f"/vaults/{number}", bob, width=390, theme=theme)
        page.get_by_role("button", name="Sign", exact=False).first.click(timeout=SLOW_MS)
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("There are no keys in this browser")).to_be_visible(timeout=SLOW_MS)
        shot(page, f"sign-nothing-390-{theme}")
        dialog.get_by_role("tab", name="QR codes").click()
        expect(dialog.get_by_role("img", name="The transaction as QR codes")).to_be_visible()
        shot(page, f"sign-qr-390-{theme}")
        assert_fits(page)
        assert_accessible(page)
        dialog.get_by_role("tab", name="File", exact=True).click()
        shot(page, f"sign-file-390-{theme}")
        assert_accessible(page)
    dialog.get_by_label("or its text").fill(taken["psbt"])
    dialog.get_by_role("button", name="Check and hand in").click()
    expect(dialog.get_by_text("Coin 1 is not signed.")).to_be_visible(timeout=SLOW_MS)
    dialog.get_by_label("or its text").fill(bob.trader.wallet.signed(taken["psbt"]))
    dialog.get_by_role("button", name="Check and hand in").click()
    expect(said(page)).to_contain_text("Signed", timeout=SLOW_MS)
    pay_out(chain)
    assert paid_to(number) == [BTC // 10]
