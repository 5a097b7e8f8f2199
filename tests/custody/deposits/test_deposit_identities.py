"""The invariants of deposits find what they are for, and nothing in what the watcher writes itself."""

import pytest
from django.db import connection

from health.invariants import examine
from health.registry import Extent, invariants
from ledger.rules import Purpose
from ledger.services import open_account, post_transfer
from tests.custody.support.house import BTC, CustodyHouse, person
from tests.support.invariants import assert_invariants_hold

OWING = """
INSERT INTO custody_reorgreceivable (deposit_id, owner_id, number, owed_sats, met_sats, created_at)
SELECT id, owner_id, 1, 5, 0, now() FROM custody_deposit"""


@pytest.fixture
def credited(house: CustodyHouse) -> CustodyHouse:
    house.watch()
    house.deposit("alice", BTC)
    assert_invariants_hold()
    return house


def violated() -> set[str]:
    outcomes = [examine(one, Extent.WHOLE) for one in invariants()]
    assert [one.error for one in outcomes if one.error] == []
    return {one.invariant.name for one in outcomes if one.violations.count}


def run(query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE custody_coin SET is_booked = false", "booked_coins_are_the_hot_wallet"),
        ("UPDATE custody_coin SET value_sats = value_sats + 1", "deposits_are_their_coins"),
        ("UPDATE custody_coin SET height = NULL", "credited_deposits_are_in_the_chain"),
        ("UPDATE custody_coin SET height = height + 1", "credited_deposits_are_in_the_chain"),
        ("UPDATE custody_deposit SET credits = 2", "credits_are_transfers"),
        ("UPDATE custody_deposit SET credits = 0", "credits_are_transfers"),
        ("UPDATE custody_deposit SET status = 'REORGED'", "credits_are_transfers"),
        ("UPDATE custody_watchedscript SET trail = 'VAULT'", "vault_coins_are_not_the_houses"),
        (OWING, "receivables_are_their_account"),
        (OWING, "who_owes_after_a_reorg_is_or_was_frozen"),
    ],
)
def test_a_change_behind_the_services_back_is_found(credited: CustodyHouse, change: str, found: str) -> None:
    run(change)

    assert found in violated()


def test_a_second_transfer_for_one_deposit_is_found(credited: CustodyHouse) -> None:
    hot = open_account(owner_id=None, asset="BTC", purpose=Purpose.HOT_WALLET)
    funding = open_account(owner_id=person("alice").pk, asset="BTC", purpose=Purpose.FUNDING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM custody_deposit")
        [(deposit_id,)] = cursor.fetchall()
    post_transfer(
        debit_id=hot.pk,
        credit_id=funding.pk,
        amount_atoms=BTC,
        code="DEPOSIT",
        key=f"deposit:{deposit_id}:credit:2",
    )

    assert {"credits_are_transfers", "booked_coins_are_the_hot_wallet"} <= violated()


def test_what_is_told_and_not_reviewed_yet_is_no_violation(credited: CustodyHouse) -> None:
    run("UPDATE custody_coin SET height = NULL")
    run("UPDATE custody_chainposition SET facts_number = facts_number + 1")

    assert violated() == set()
