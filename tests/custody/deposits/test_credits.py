"""A deposit is shown when it is sighted, credited when it is deep enough, and never twice."""

from custody.rules.statuses import DepositStatus
from ledger.rules import Purpose
from tests.custody.support.house import (
    BTC,
    CustodyHouse,
    balance,
    funds,
    only_deposit,
    statuses,
)
from tests.support.invariants import assert_invariants_hold


def test_it_shows_a_sighting_that_counts_for_nothing(house: CustodyHouse) -> None:
    house.watch()
    house.pay("alice", BTC)

    house.watch()

    assert statuses() == [DepositStatus.SEEN]
    assert funds("alice") == 0
    assert_invariants_hold()


def test_it_credits_what_is_deep_enough_and_books_the_coin(house: CustodyHouse) -> None:
    house.watch()
    house.deposit("alice", BTC)

    deposit = only_deposit()
    assert (deposit.status, deposit.credits, deposit.amount_sats) == (DepositStatus.CREDITED, 1, BTC)
    assert deposit.coin.is_booked
    assert (funds("alice"), balance(Purpose.HOT_WALLET)) == (BTC, -BTC)
    assert_invariants_hold()
