"""A vault whose protocol and backup keys are in tokens: a key of each for every vault, and it is spent."""

import pytest
from pytest_django import Settings

from custody.bitcoin import psbts
from custody.bitcoin.keys import key_text
from custody.bitcoin.recovery import read_export
from custody.bitcoin.types import FixedKey, KeySource, Payment, Role
from custody.models import VaultWallet, WalletKey, WatchedScript
from custody.services.spending.outside import Outside
from custody.services.spending.vaults import accept_owner_psbt, plan_vault_spend
from custody.services.vault_wallets import open_vault_wallet, vault_export, vault_spec
from custody.services.wallet_keys import learn_keys, signer
from custody.signers.pkcs11 import TokenPlace
from tests.custody.support.house import person
from tests.custody.support.paying import BTC, PayingHouse, hot_signer, latest, plan_of
from tests.custody.support.psbt_maps import signatures_by
from tests.custody.support.wallets import account, address

OWNER = account("user", Role.USER)


@pytest.fixture
def house(bare_house: PayingHouse, settings: Settings, tokens: tuple[TokenPlace, TokenPlace]) -> PayingHouse:
    """One that has learned of its signers that two of them are tokens."""
    WalletKey.objects.filter(role__in=[Role.PROTOCOL, Role.BACKUP]).delete()
    named = zip((Role.PROTOCOL, Role.BACKUP), tokens, strict=True)
    settings.SIGNERS = {
        str(role): (f"pkcs11:{place.library}?token={place.token}", place.pin) for role, place in named
    }
    assert learn_keys()
    protocol = signer(Role.PROTOCOL)
    bare_house.outside = Outside(bare_house.source, {Role.HOT: hot_signer(), Role.PROTOCOL: protocol})
    return bare_house


def opened(reference: str) -> VaultWallet:
    return open_vault_wallet(person("alice").pk, reference, key_text(OWNER.key))


def house_keys(wallet: VaultWallet) -> tuple[KeySource, ...]:
    return vault_spec(wallet).keys[1:]


def test_each_vault_has_keys_of_its_own_and_keeps_them(house: PayingHouse) -> None:
    first, second = opened("vault:1"), opened("vault:2")
    assert all(isinstance(one, FixedKey) for one in (*house_keys(first), *house_keys(second)))
    assert len({*house_keys(first), *house_keys(second)}) == 4
    assert opened("vault:1") == first


def test_its_export_is_read_again(house: PayingHouse) -> None:
    wallet = opened("vault:1")
    exported = read_export(vault_export("vault:1"))
    assert (exported.wallet, exported.index) == (vault_spec(wallet), wallet.index)


def test_owner_and_token_spend_it(house: PayingHouse) -> None:
    opened("vault:1")
    house.node.send(WatchedScript.objects.get(wallet="vault:1", branch=0).address, 2 * BTC)
    house.mine()
    payment = Payment(address("carol"), BTC, "vault-withdrawal:1")
    one = plan_vault_spend(reference="vault:1", payments=[payment], fee_rate=3_000)
    plan = plan_of(latest(one.spend))
    text = psbts.with_signatures(plan, {OWNER.key: signatures_by(plan, OWNER)})
    accept_owner_psbt(spend_id=one.spend.pk, text=text)
    house.settle()
    one.spend.refresh_from_db()
    assert one.spend.status == "SETTLED"
