"""A deposit whose coin the house has spent, and a reorg that undoes both: each is taken back, in order."""

import pytest

from custody.bitcoin.types import TxOut
from custody.models import Coin, WithdrawalStop
from custody.rules.statuses import DepositStatus
from ledger.rules import Purpose
from tests.custody.support.house import balance, funds, only_deposit, script_of
from tests.custody.support.paying import BTC, PayingHouse, assert_all_is_true, withdrawal_statuses
from tests.custody.withdrawals.scene import customer


@pytest.fixture
def spent(bare_house: PayingHouse) -> PayingHouse:
    """Carol's two bitcoin are all that the hot wallet had when Alice withdrew."""
    bare_house.node.pay([TxOut(2 * BTC, script_of("carol"))])
    bare_house.mine()
    assert funds("carol") == 2 * BTC
    customer("alice").ask(BTC)
    bare_house.settle()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert not only_deposit().coin.is_booked
    assert_all_is_true()
    return bare_house


def test_a_reorg_of_the_spend_alone_leaves_the_deposit(spent: PayingHouse) -> None:
    spent.reorg(1)

    assert only_deposit().status == DepositStatus.CREDITED
    assert only_deposit().coin.is_booked
    assert withdrawal_statuses() == ["BROADCAST"]
    assert_all_is_true()


def test_a_reorg_of_both_takes_both_back(spent: PayingHouse) -> None:
    spent.reorg(2)
    spent.node.drop_mempool()
    spent.watch()

    assert (only_deposit().status, funds("carol")) == (DepositStatus.REORGED, 0)
    assert withdrawal_statuses() == ["BROADCAST"]
    assert balance(Purpose.HOT_WALLET) == 0
    assert not Coin.objects.filter(is_booked=True).exists()
    assert_all_is_true()


def test_both_come_back_with_their_blocks(spent: PayingHouse) -> None:
    spent.reorg(2)
    spent.mine()
    spent.turn(minutes=30)
    spent.mine()

    assert (only_deposit().status, only_deposit().credits) == (DepositStatus.CREDITED, 2)
    assert funds("carol") == 2 * BTC
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_a_deposit_that_the_network_forgot_is_told_with_what_spends_it(spent: PayingHouse) -> None:
    """As after a reorg and a node that was restarted without its mempool."""
    spent.reorg(2)
    spent.node.drop_mempool()
    spent.watch()
    assert spent.source.mempool() == frozenset()

    spent.turn(minutes=30)

    assert len(spent.source.mempool()) == 2
    spent.mine()
    assert (only_deposit().status, funds("carol")) == (DepositStatus.CREDITED, 2 * BTC)
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert not WithdrawalStop.objects.exists()
    assert_all_is_true()
