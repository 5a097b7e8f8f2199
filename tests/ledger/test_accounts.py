"""Assets and accounts: opened once, by their identity."""

import pytest
from django.db import IntegrityError, transaction

from ledger import selectors, services
from ledger.batch import AccountKey
from ledger.errors import AssetNotFound
from ledger.models import Account, Asset
from ledger.rules import Purpose
from tests.ledger.scene import funding, hold, house, move, new_key, trading, user

pytestmark = pytest.mark.usefixtures("ledger")


def test_seeding_assets_twice_changes_nothing() -> None:
    services.seed_assets()
    assert {code: asset.decimals for code, asset in selectors.assets().items()} == {"BTC": 8, "USDB": 8}


def test_opening_an_asset_again_leaves_it_as_it_is() -> None:
    first = services.open_asset(code="ETH", name="Ether", decimals=8)
    again = services.open_asset(code="ETH", name="Another", decimals=2)
    assert (again, again.name, again.decimals) == (first, "Ether", 8)


def test_opening_an_account_twice_gives_the_same_one() -> None:
    assert funding("alice") == funding("alice")
    assert house(Purpose.FEES) == house(Purpose.FEES)


def test_owner_asset_purpose_and_shard_each_make_another_account() -> None:
    accounts = [
        funding("alice"),
        funding("bob"),
        funding("alice", asset="USDB"),
        trading("alice"),
        trading("alice", shard=1),
        house(Purpose.FEES),
        house(Purpose.CLEARING),
    ]
    assert len({account.pk for account in accounts}) == len(accounts)


def test_a_system_account_exists_once_even_for_whoever_bypasses_the_service() -> None:
    house(Purpose.FEES)
    with pytest.raises(IntegrityError, match="ledger_account_identity"), transaction.atomic():
        Account.objects.create(owner=None, asset_id="BTC", purpose=Purpose.FEES)


def test_an_unknown_asset_is_refused() -> None:
    with pytest.raises(AssetNotFound):
        services.open_account(owner_id=user("alice").pk, asset="DOGE", purpose=Purpose.FUNDING)


@pytest.mark.parametrize("purpose", Purpose)
def test_customers_accounts_have_an_owner_and_the_houses_have_none(purpose: Purpose) -> None:
    is_customer = purpose in (Purpose.FUNDING, Purpose.TRADING)
    wrong_owner = None if is_customer else user("alice").pk
    with pytest.raises(AssertionError):
        services.open_account(owner_id=wrong_owner, asset="BTC", purpose=purpose)
    with pytest.raises(IntegrityError, match="ledger_account_owner"), transaction.atomic():
        Account.objects.create(owner_id=wrong_owner, asset_id="BTC", purpose=purpose)


def test_an_asset_has_at_most_ten_decimals() -> None:
    Asset.objects.create(code="TEN", name="Ten", decimals=10)
    with pytest.raises(IntegrityError, match="ledger_asset_decimals"), transaction.atomic():
        Asset.objects.create(code="ELEVEN", name="Eleven", decimals=11)


def test_account_keys_are_tuples_of_an_accounts_identity() -> None:
    assert AccountKey(1, "BTC", Purpose.FUNDING) == (1, "BTC", "FUNDING", 0)


def test_balances_of_lists_a_customers_accounts_only() -> None:
    mine = [funding("alice", 5), trading("alice"), funding("alice", asset="USDB")]
    funding("bob", 7)
    assert selectors.balances_of(owner_id=user("alice").pk) == mine


def test_transfers_of_an_account_come_latest_first_and_in_pages() -> None:
    alice, bob = funding("alice", 100), funding("bob", 100)
    there_and_back = [move(alice, bob, 1), move(bob, alice, 2), move(alice, bob, 3)]
    latest = selectors.transfers_of(account_id=alice.pk, limit=2)
    assert latest == [there_and_back[2], there_and_back[1]]
    older = selectors.transfers_of(account_id=alice.pk, before_id=latest[-1].pk, limit=10)
    assert [transfer.amount_atoms for transfer in older] == [1, 100]


def test_open_pending_finds_what_its_driver_must_take_up_again() -> None:
    alice, bob = funding("alice", 100), funding("bob")
    waiting, done = hold(alice, bob, 1), hold(alice, bob, 2)
    services.post_pending(pending_id=done.pk)
    services.hold_transfer(debit_id=alice.pk, credit_id=bob.pk, amount_atoms=3, code="OTHER", key=new_key())
    later = waiting.created_at.replace(year=9999)
    assert selectors.open_pending(code="TEST", created_before=later) == [waiting]
    assert selectors.open_pending(code="TEST", created_before=waiting.created_at) == []
