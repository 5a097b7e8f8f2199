"""What a reorg does to withdrawals that were settled."""

import pytest

from custody.models import Coin, Withdrawal
from custody.rules.statuses import Trail
from ledger.rules import Purpose
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    latest,
    only_spend,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import FEE, Customer, later
from tests.support.represented import represented

DEPTHS = range(1, 7)


@pytest.mark.parametrize("depth", represented(DEPTHS, by=[1, 6]))
def test_it_is_taken_back_told_again_and_settled_again(
    house: PayingHouse, alice: Customer, depth: int
) -> None:
    alice.ask(BTC)
    house.settle()
    house.mine_empty(depth - 1)
    txid = latest(only_spend()).txid

    house.reorg(depth)

    spend = only_spend()
    assert (spend.status, spend.settled_txid, spend.settlements) == ("BROADCAST", "", 1)
    assert withdrawal_statuses() == ["BROADCAST"]
    assert balance(Purpose.WITHDRAWALS) == BTC + FEE
    assert balance(Purpose.HOT_WALLET) == -10 * BTC
    assert_all_is_true()

    house.node.drop_mempool()
    assert house.turn().told == 1
    assert is_in_mempool(house, txid)
    house.mine()
    assert only_spend().settlements == 2
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert balance(Purpose.WITHDRAWALS) == 0
    assert_all_is_true()


@pytest.mark.parametrize("depth", represented([1, 3], by=[3]))
def test_the_same_transaction_at_another_height_stays_settled(
    house: PayingHouse, alice: Customer, depth: int
) -> None:
    alice.ask(BTC)
    house.settle()
    house.mine_empty(depth - 1)

    house.reorg(depth, [tx_of(latest(only_spend()))])

    assert (only_spend().status, only_spend().settlements) == ("SETTLED", 1)
    assert_all_is_true()


def test_a_child_is_undone_with_its_parent_and_settled_after_it(house: PayingHouse, alice: Customer) -> None:
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=False)  # leaves one coin to plan with
    for number in range(3):
        alice.ask(BTC // 2, now=later(number))
        house.pay()
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=True)
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"] * 3
    assert_all_is_true()

    house.reorg(1)

    assert withdrawal_statuses() == ["BROADCAST"] * 3
    assert not Coin.objects.filter(watched__trail=Trail.CHANGE, is_booked=True).exists()
    assert_all_is_true()
    house.turn()
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"] * 3
    assert set(Withdrawal.objects.values_list("settlements", flat=True)) == {2}
    assert_all_is_true()


def test_a_reorg_that_takes_the_refill_as_well_leaves_books_that_agree(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)
    house.settle()
    house.node.drop_mempool()

    house.reorg(2)  # the spend's block and the refill's
    house.node.drop_mempool()
    house.watch()

    assert withdrawal_statuses() == ["BROADCAST"]
    assert balance(Purpose.HOT_WALLET) == 0
    assert_all_is_true()
