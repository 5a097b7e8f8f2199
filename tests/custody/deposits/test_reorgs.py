"""Reorgs of one to six blocks: a deposit vanishes, is mined later, is spent twice, or is at another height.

After each the ledger is what the chain says, and nobody has more than he paid in.
"""

import pytest

from custody.bitcoin.types import Tx
from custody.models import AccountFreeze, Deposit
from custody.rules.statuses import DepositStatus
from ledger.rules import Purpose
from tests.custody.support.house import BTC, CustodyHouse, balance, funds, only_deposit
from tests.support.invariants import assert_invariants_hold
from tests.support.represented import represented

DEPTHS = range(1, 7)
CREDITED = DepositStatus.CREDITED


@pytest.fixture(params=represented(DEPTHS, by=[1, 6]))
def depth(request: pytest.FixtureRequest) -> int:
    depth: int = request.param
    return depth


@pytest.fixture
def paid(house: CustodyHouse, depth: int) -> Tx:
    """Alice's deposit, credited, with so many confirmations as the reorg is deep."""
    house.watch()
    txid = house.deposit("alice", BTC, blocks=depth)
    assert (only_deposit().status, funds("alice")) == (CREDITED, BTC)
    tx = house.chain.transaction(txid)
    assert tx is not None
    return tx


def state() -> tuple[str, int, int, int]:
    deposit = only_deposit()
    return deposit.status, deposit.credits, funds("alice"), balance(Purpose.HOT_WALLET)


def test_one_that_vanishes_is_taken_back(house: CustodyHouse, paid: Tx, depth: int) -> None:
    house.reorg(depth, keep=False)

    assert state() == (DepositStatus.REORGED, 1, 0, 0)
    assert not AccountFreeze.objects.exists()  # nothing is owed
    assert_invariants_hold()


def test_one_that_waits_in_the_mempool_again_is_taken_back(house: CustodyHouse, paid: Tx, depth: int) -> None:
    house.reorg(depth, keep=True)

    assert state() == (DepositStatus.REORGED, 1, 0, 0)
    assert only_deposit().coin.in_mempool
    assert_invariants_hold()


def test_one_that_is_mined_later_is_credited_once_more(house: CustodyHouse, paid: Tx, depth: int) -> None:
    house.reorg(depth, keep=True)
    house.chain.mine()
    house.watch()

    assert state() == (CREDITED, 2, BTC, -BTC)
    assert_invariants_hold()


def test_one_that_is_spent_twice_is_taken_back(house: CustodyHouse, paid: Tx, depth: int) -> None:
    rival = house.double_spend(only_deposit().coin.txid)
    house.reorg(depth, [[rival]])

    assert state() == (DepositStatus.DOUBLE_SPENT, 1, 0, 0)
    assert_invariants_hold()


def test_one_at_another_height_stays_credited(house: CustodyHouse, paid: Tx, depth: int) -> None:
    before = only_deposit().coin.height
    house.reorg(depth, [[], [paid]])

    assert state() == (CREDITED, 1, BTC, -BTC)
    assert only_deposit().coin.height == (before or 0) + 1
    assert_invariants_hold()


def test_one_in_the_same_block_of_another_branch_stays_credited(
    house: CustodyHouse, paid: Tx, depth: int
) -> None:
    house.reorg(depth, [[paid]])

    assert state() == (CREDITED, 1, BTC, -BTC)
    assert_invariants_hold()


def test_branches_that_take_turns_leave_one_credit(house: CustodyHouse, paid: Tx, depth: int) -> None:
    rival = house.double_spend(only_deposit().coin.txid)
    branches: list[list[list[Tx]]] = [[[rival]], [[paid]], [[]], [[rival]], [[], [paid]]]
    for content in branches:
        house.reorg(house.chain.height - 10, content, keep=False)
        assert_invariants_hold()

    assert state()[0] == CREDITED
    assert state()[2:] == (BTC, -BTC)
    assert Deposit.objects.count() == 1


@pytest.mark.parametrize("blocks", represented([60, 130], by=[130]))
def test_a_reorg_of_any_depth_is_followed_in_one_step(house: CustodyHouse, blocks: int) -> None:
    house.watch()
    house.deposit("alice", BTC, blocks=blocks)
    house.chain.reorg(blocks, keep=False)

    house.watcher.run_once()  # one turn

    assert house.position().height >= house.chain.height - 1
    assert state() == (DepositStatus.REORGED, 1, 0, 0)
    house.watch()
    assert house.position().block_hash == house.chain.tip.hash
