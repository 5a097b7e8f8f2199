"""A wallet of the browser whose words everybody knows, the same wallet in Python, and PSBTs of its vault."""

import hashlib
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.recovery import VaultExport, export
from custody.bitcoin.types import Network, Purpose, Role, SpendPlan, WalletKind, WalletSpec
from custody.signers.seeds import AccountSecret, account_from_seed
from tests.custody.support.wallets import BTC, account, coin, pay, plan_of

WORDS = "abandon " * 11 + "about"
PASSPHRASE = "seven brown foxes"
SLOW_MS = 240_000  # scrypt is slow on purpose, and slower on a machine that does much else
INDEX = 7
FEE = 2_500


def seed_of_words(words: str = WORDS, extension: str = "") -> bytes:
    """BIP-39, by its own words."""
    return hashlib.pbkdf2_hmac("sha512", words.encode(), b"mnemonic" + extension.encode(), 2048)


def python_wallet(network: Network = Network.REGTEST, extension: str = "") -> AccountSecret:
    return account_from_seed(seed_of_words(extension=extension), Role.USER, network)


def vault_wallet_of_words() -> WalletSpec:
    keys = (python_wallet().key, account("protocol", Role.PROTOCOL).key, account("backup", Role.BACKUP).key)
    return WalletSpec(Network.REGTEST, WalletKind.TWO_OF_THREE, keys)


VAULT = vault_wallet_of_words()
EXPORT = export(VaultExport("vault-1", VAULT, INDEX, ("Alice", "House", "Backup")))


def planned(sats: int = BTC // 4, coins: int = 1, fee: int = FEE) -> SpendPlan:
    """To Carol, and the rest back into the vault."""
    spent = tuple(coin(VAULT, BTC, index=INDEX, number=number) for number in range(coins))
    return plan_of(VAULT, pay(sats, "w"), coins=spent, purpose=Purpose.VAULT, fee=fee, change_index=INDEX)


@dataclass(frozen=True)
class Asked:
    """What a page gives to the modules: the PSBT, and the withdrawal as the house shows it."""

    psbt: str
    withdrawal: dict[str, str]

    def given(self, **known: str) -> dict[str, Any]:
        facts = {"psbt": self.psbt, "withdrawal": self.withdrawal, "export": EXPORT}
        return {**facts, "known": known}


def asked(plan: SpendPlan, psbt: str | None = None) -> Asked:
    payment = plan.payments[0]
    shown = {"address": payment.address, "amount": btc(payment.value_sats), "fee": btc(plan.fee_sats)}
    return Asked(psbt_of(plan) if psbt is None else psbt, {**shown, "vault_id": "vault-1"})


def btc(sats: int) -> str:
    return f"{sats // BTC}.{sats % BTC:08}"


def bring_words(page: Page, words: str = WORDS, passphrase: str = PASSPHRASE) -> None:
    """On the page of keys: from words to keys that lie in the browser, open."""
    page.get_by_role("button", name="Bring your words").click()
    page.get_by_label("Your 12 to 24 words").fill(words)
    page.get_by_role("button", name="Read these words").click()
    choose_passphrase(page, passphrase)


def choose_passphrase(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Passphrase, 12 characters or more").fill(passphrase)
    page.get_by_label("The same again").fill(passphrase)
    page.get_by_role("button", name="Seal and keep my keys").click()
    expect(page.get_by_role("heading", name="Keys in this browser")).to_be_visible(timeout=SLOW_MS)


def open_keys(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Passphrase of the keys in this browser").fill(passphrase)
    page.get_by_role("button", name="Open the keys").click()
