"""Addresses: one for each customer, never the same for two, watched at once, and made without any signer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pytest_django import Settings

from access.models import AuditEntry
from access.services import Origin
from custody.bitcoin.addresses import read_address
from custody.bitcoin.keys import key_text
from custody.bitcoin.recovery import read_export
from custody.bitcoin.types import CHANGE, RECEIVE, Network, Place, Role
from custody.errors import CustodyUnavailable, InvalidState, InvalidXpub, PrivateKeyGiven
from custody.models import VaultWallet, WalletKey, WatchedScript
from custody.rules.parties import ONE_PARTY, TWO_PARTIES
from custody.rules.statuses import Trail
from custody.selectors import key_parties, refused_keys
from custody.services.vault_wallets import open_vault_wallet, vault_export, vault_places, vault_spec
from custody.services.wallet_keys import accept_key, keep_key
from custody.services.wallets import change_place, cold_place, deposit_address, hot_spec, refill_address
from tests.custody.support.house import know_keys, person
from tests.custody.support.wallets import account, cold_wallet, hot_wallet, vault_wallet

REGTEST = Network.REGTEST
XPRV = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGB"
    "xrMPHi"
)


@pytest.fixture
def keys(transactional_db: None, settings: Settings) -> None:
    settings.BITCOIN_NETWORK, settings.SIGNERS, settings.COLD_KEY = "regtest", {}, ""
    know_keys()


def owner_key(name: str = "user") -> str:
    return key_text(account(name, Role.USER).key)


def test_a_customer_has_one_address(keys: None) -> None:
    first = deposit_address(person("alice").pk)

    assert deposit_address(person("alice").pk) == first
    assert (first.trail, first.wallet, first.place) == (Trail.DEPOSIT, "hot", Place(RECEIVE, 0))
    assert read_address(first.address, REGTEST) == bytes(first.script)
    assert hot_spec() == hot_wallet()


def test_no_two_addresses_are_the_same(keys: None) -> None:
    made = [
        deposit_address(person("alice").pk),
        deposit_address(person("bob").pk),
        refill_address(),
        change_place(),
        change_place(),
        cold_place(),
    ]
    assert len({one.address for one in made}) == len(made)
    assert [one.place for one in made] == [
        Place(RECEIVE, 0),
        Place(RECEIVE, 1),
        Place(RECEIVE, 2),
        Place(CHANGE, 0),
        Place(CHANGE, 1),
        Place(RECEIVE, 0),
    ]


def test_an_unused_refill_address_is_given_again(keys: None) -> None:
    assert refill_address() == refill_address()
    assert cold_place() == cold_place()


def test_who_asks_at_the_same_time_gets_the_same_address(keys: None) -> None:
    people = [person(f"customer{number}").pk for number in range(5)]

    def ask(owner_id: int) -> str:
        try:
            return deposit_address(owner_id).address
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, people * 4))

    assert answers == answers[:5] * 4
    assert len(set(answers)) == 5
    assert sorted(WatchedScript.objects.values_list("index", flat=True)) == list(range(5))


def test_without_a_key_there_is_no_address(transactional_db: None, settings: Settings) -> None:
    settings.BITCOIN_NETWORK = "regtest"
    with pytest.raises(CustodyUnavailable):
        deposit_address(person("alice").pk)


def test_a_vault_has_its_own_index_and_both_branches_watched(keys: None) -> None:
    alice = person("alice").pk
    first = open_vault_wallet(alice, "vault:1", owner_key())
    second = open_vault_wallet(alice, "vault:2", owner_key())

    assert (first.index, second.index) == (0, 1)
    assert vault_spec(second) == vault_wallet()
    watched = WatchedScript.objects.filter(wallet="vault:2").order_by("branch")
    assert tuple(one.place for one in watched) == vault_places(second)
    assert {one.trail for one in watched} == {Trail.VAULT}
    assert second.descriptor.startswith("wsh(sortedmulti(2,")


def test_a_vault_is_opened_once_whoever_asks_again(keys: None) -> None:
    alice = person("alice").pk
    first = open_vault_wallet(alice, "vault:1", owner_key())

    assert open_vault_wallet(alice, "vault:1", owner_key()) == first
    with pytest.raises(InvalidState):
        open_vault_wallet(person("bob").pk, "vault:1", owner_key())
    with pytest.raises(InvalidState):
        open_vault_wallet(alice, "vault:1", owner_key("another"))
    assert VaultWallet.objects.count() == 1


def test_a_private_key_is_refused_and_kept_nowhere(keys: None, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(PrivateKeyGiven) as refused:
        open_vault_wallet(person("alice").pk, "vault:1", f"[00000000/48h/1h/0h/2h]{XPRV}")

    assert XPRV not in repr((refused.value, refused.value.details, refused.value.__cause__))
    assert XPRV not in caplog.text
    assert not VaultWallet.objects.exists()


@pytest.mark.parametrize("other", [Role.PROTOCOL, Role.BACKUP])
def test_a_key_of_another_party_is_refused(keys: None, other: Role) -> None:
    text = key_text(account(str(other), other).key)
    with pytest.raises(InvalidXpub):
        open_vault_wallet(person("alice").pk, "vault:1", text)


def test_the_export_names_who_holds_each_key(keys: None) -> None:
    open_vault_wallet(person("alice").pk, "vault:1", owner_key())
    text = vault_export("vault:1")

    assert "somebody else" in text
    assert TWO_PARTIES in text
    assert VaultWallet.objects.get().descriptor in text


def test_the_export_says_so_where_one_party_holds_both_keys(keys: None, settings: Settings) -> None:
    settings.OWN_BACKUP = True
    open_vault_wallet(person("alice").pk, "vault:1", owner_key())
    text = vault_export("vault:1")

    assert ONE_PARTY in text
    assert read_export(text).index == VaultWallet.objects.get().index


def test_a_signer_that_shows_another_key_later_is_not_believed(keys: None) -> None:
    other = account("another", Role.BACKUP).key
    keep_key(role=Role.BACKUP, key=other, party="who knows")

    [refused] = refused_keys()
    assert (refused.role, refused.refused_key) == (Role.BACKUP, key_text(other))
    assert vault_spec(open_vault_wallet(person("alice").pk, "v", owner_key())) == vault_wallet()

    accept_key(role=Role.BACKUP, origin=Origin(ip="10.0.0.1"), reason="a new machine")

    assert refused_keys() == []
    spec = vault_spec(open_vault_wallet(person("alice").pk, "w", owner_key()))
    assert spec.keys[2] == other
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-2:] == ["custody.key_refused", "custody.key_accepted"]


def test_a_signer_that_comes_to_its_senses_is_believed_again(keys: None) -> None:
    keep_key(role=Role.BACKUP, key=account("another", Role.BACKUP).key, party="")
    keep_key(role=Role.BACKUP, key=account("backup", Role.BACKUP).key, party="")

    assert refused_keys() == []


def test_the_name_of_who_runs_a_signer_is_the_one_it_says_now(keys: None) -> None:
    assert key_parties().is_one is False
    backup = account("backup", Role.BACKUP).key
    keep_key(role=Role.BACKUP, key=backup, party="The House")

    assert key_parties().is_one is True
    keep_key(role=Role.BACKUP, key=backup, party="")
    assert key_parties().names[Role.BACKUP] == "The House"
    assert AuditEntry.objects.filter(action="custody.party_renamed").count() == 1


def test_who_shows_another_key_renames_nobody_before_it_is_accepted(keys: None) -> None:
    other = account("another", Role.BACKUP).key
    keep_key(role=Role.BACKUP, key=other, party="The House")
    assert key_parties().is_one is False

    accept_key(role=Role.BACKUP, origin=Origin(), reason="they run it now")
    keep_key(role=Role.BACKUP, key=other, party="The House")
    assert key_parties().is_one is True


def test_the_hot_wallets_key_stays_once_it_has_addresses(keys: None) -> None:
    deposit_address(person("alice").pk)
    keep_key(role=Role.HOT, key=account("another", Role.HOT).key, party="")

    with pytest.raises(InvalidState):
        accept_key(role=Role.HOT, origin=Origin(), reason="a new machine")
    assert hot_spec() == hot_wallet()


def test_cold_storage_may_go_on_with_another_key(keys: None) -> None:
    cold_place()
    keep_key(role=Role.COLD, key=account("another", Role.HOT).key, party="")
    accept_key(role=Role.COLD, origin=Origin(), reason="a new safe")
    assert WalletKey.objects.get(role=Role.COLD).key != key_text(cold_wallet().keys[0])
