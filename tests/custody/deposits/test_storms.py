"""A storm of small outputs to one address: few transactions of ours, and nobody else waits for long."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from custody.bitcoin.types import TxOut
from custody.models import Coin, Deposit
from custody.rules.statuses import DepositStatus
from tests.custody.support.house import CustodyHouse, funds, script_of
from tests.support.invariants import assert_invariants_hold

OUTPUTS = 2_000
FEW = 600  # queries: far fewer than one for each


def storm(house: CustodyHouse, sats: int) -> int:
    """A block with so many outputs to Alice, and one of Bob's. How many queries that took."""
    house.watch()
    outputs = [TxOut(sats, script_of("alice"))] * OUTPUTS
    bob = house.chain.payment([TxOut(50_000, script_of("bob"))])
    house.chain.mine(1, transactions=[bob])
    house.chain.mine(1, transactions=[house.chain.payment(outputs, fee_sats=100_000)])
    with CaptureQueriesContext(connection) as captured:
        house.watch()
    _let_the_planner_count()
    return len(captured)


def _let_the_planner_count() -> None:
    """A test is one transaction, whose rows autovacuum never sees: plans for empty tables would stay."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_account, ledger_transfer, custody_coin, custody_deposit")


def test_dust_becomes_coins_and_no_deposits(house: CustodyHouse) -> None:
    queries = storm(house, 330)

    assert Coin.objects.count() == OUTPUTS + 1
    assert Deposit.objects.count() == 1
    assert (funds("alice"), funds("bob")) == (0, 50_000)
    assert queries < FEW // 2
    assert_invariants_hold()


def test_thousands_of_real_deposits_are_credited_in_few_transactions(house: CustodyHouse) -> None:
    queries = storm(house, 1_000)

    assert Deposit.objects.filter(status=DepositStatus.CREDITED).count() == OUTPUTS + 1
    assert (funds("alice"), funds("bob")) == (OUTPUTS * 1_000, 50_000)
    assert queries < FEW
    assert_invariants_hold()


@pytest.mark.long
def test_a_storm_that_a_reorg_undoes_is_taken_back(house: CustodyHouse) -> None:
    storm(house, 1_000)

    house.reorg(1, keep=False)
    _let_the_planner_count()

    assert Deposit.objects.filter(status=DepositStatus.REORGED).count() == OUTPUTS
    assert (funds("alice"), funds("bob")) == (0, 50_000)
    assert_invariants_hold()
