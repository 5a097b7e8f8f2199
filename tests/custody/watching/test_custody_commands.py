"""What operators ask of custody by command: where to refill, and a vault's export."""

import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from custody.bitcoin.keys import key_text
from custody.bitcoin.recovery import read_export
from custody.bitcoin.types import Role
from custody.models import WalletKey
from custody.services.vault_wallets import open_vault_wallet
from custody.services.wallets import refill_address
from tests.custody.support.house import know_keys, person
from tests.custody.support.wallets import account


def printed(*command: str) -> str:
    said = io.StringIO()
    call_command(*command, stdout=said)
    return said.getvalue()


@pytest.fixture
def keys(db: None, settings: Settings) -> None:
    settings.BITCOIN_NETWORK, settings.SIGNERS, settings.COLD_KEY = "regtest", {}, ""
    know_keys()


def test_it_prints_the_one_address_that_refills_go_to(keys: None) -> None:
    assert printed("refill_address") == printed("refill_address") == f"{refill_address().address}\n"


def test_without_the_hot_key_it_says_what_is_missing(keys: None) -> None:
    WalletKey.objects.filter(role=Role.HOT).delete()
    with pytest.raises(CommandError, match="hot signer"):
        printed("refill_address")


def test_it_prints_an_export_that_recovery_reads(keys: None) -> None:
    owner = account("alice", Role.USER)
    open_vault_wallet(person("alice").pk, "vault:1", key_text(owner.key))
    read = read_export(printed("vault_export", "vault:1"))
    assert read.reference == "vault:1"
    assert read.wallet.keys[0] == owner.key


def test_a_vault_that_is_not_there_is_said_to_be_missing(keys: None) -> None:
    with pytest.raises(CommandError, match="vault:9"):
        printed("vault_export", "vault:9")
