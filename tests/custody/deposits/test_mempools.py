"""What the mempool does to a deposit: replaced by another transaction, evicted, brought back, paid for.

Only what is mined is ever credited.
"""

import pytest

from custody.bitcoin.transactions import txid as txid_of
from custody.bitcoin.types import OutPoint, TxOut
from custody.chains.source import MAX_ASKED
from custody.models import Coin, SpentInput
from custody.rules.statuses import DepositStatus
from tests.custody.support.fake_chain import spend
from tests.custody.support.house import BTC, CustodyHouse, coins_of, funds, only_deposit, script_of, statuses
from tests.support.invariants import assert_invariants_hold

pytestmark = pytest.mark.long

SEEN, CREDITED, REPLACED = DepositStatus.SEEN, DepositStatus.CREDITED, DepositStatus.REPLACED
ELSEWHERE = b"\x51"
CROWD = 2 * MAX_ASKED + 1


def sighted(house: CustodyHouse, sats: int = BTC) -> str:
    house.watch()
    txid = house.pay("alice", sats)
    house.watch()
    assert statuses() == [SEEN]
    return txid


def test_one_that_is_replaced_by_a_payment_elsewhere_is_shown_so(house: CustodyHouse) -> None:
    txid = sighted(house)
    house.chain.replace(txid, [TxOut(BTC, ELSEWHERE)])
    house.watch()
    assert statuses() == [REPLACED]

    house.chain.mine()
    house.watch()

    assert (statuses(), funds("alice")) == ([DepositStatus.DOUBLE_SPENT], 0)
    assert_invariants_hold()


def test_one_that_is_replaced_by_a_smaller_one_is_credited_with_that(house: CustodyHouse) -> None:
    txid = sighted(house)
    house.chain.replace(txid, [TxOut(BTC // 2, script_of("alice"))])
    house.watch()
    assert statuses() == [REPLACED, SEEN]

    house.chain.mine()
    house.watch()

    assert statuses() == [DepositStatus.DOUBLE_SPENT, CREDITED]
    assert funds("alice") == BTC // 2
    assert_invariants_hold()


def test_one_that_is_replaced_with_a_higher_fee_is_credited_once(house: CustodyHouse) -> None:
    txid = sighted(house)
    for fee_sats in (5_000, 10_000, 20_000):
        txid = house.chain.replace(txid, [TxOut(BTC, script_of("alice"))], fee_sats=fee_sats)
        house.watch()
    assert statuses() == [REPLACED] * 3 + [SEEN]

    house.chain.mine()
    house.watch()

    assert statuses() == [DepositStatus.DOUBLE_SPENT] * 3 + [CREDITED]
    assert funds("alice") == BTC
    assert_invariants_hold()


def test_one_that_is_evicted_is_shown_so_until_it_is_mined_after_all(house: CustodyHouse) -> None:
    txid = sighted(house)
    tx = house.chain.transaction(txid)
    assert tx is not None
    house.chain.drop_mempool()
    house.watch()
    assert statuses() == [DepositStatus.EVICTED]

    house.chain.send(tx)
    house.watch()
    assert statuses() == [SEEN]

    house.chain.mine()
    house.watch()
    assert (statuses(), funds("alice")) == ([CREDITED], BTC)


def test_a_replaced_one_that_a_miner_takes_anyway_is_credited(house: CustodyHouse) -> None:
    txid = sighted(house)
    tx = house.chain.transaction(txid)
    assert tx is not None
    house.chain.replace(txid, [TxOut(BTC, ELSEWHERE)])
    house.watch()

    house.chain.mine(1, transactions=[tx])
    house.watch()

    assert (statuses(), funds("alice")) == ([CREDITED], BTC)
    assert not SpentInput.objects.exclude(rival="").exists()
    assert_invariants_hold()


def test_a_child_that_pays_for_it_is_seen_spending_it(house: CustodyHouse) -> None:
    txid = sighted(house)
    child = spend([OutPoint(txid, 0)], [TxOut(BTC - 50_000, ELSEWHERE)])
    house.chain.send(child)
    house.watch()
    [coin] = coins_of(txid)
    assert coin.spent_by != ""
    assert coin.spent_height is None

    house.chain.drop_mempool(coin.spent_by)
    house.watch()

    assert Coin.objects.get(pk=coin.pk).spent_by == ""
    assert statuses() == [SEEN]


def test_a_new_process_sees_what_the_old_one_saw(house: CustodyHouse) -> None:
    txid = sighted(house)
    house.restart()
    house.watch()
    assert statuses() == [SEEN]

    house.chain.replace(txid, [TxOut(BTC, ELSEWHERE)])
    house.restart()
    house.watch()

    assert statuses() == [REPLACED]


def test_a_rival_that_is_undone_and_evicted_leaves_no_trace_but_the_state(house: CustodyHouse) -> None:
    txid = sighted(house)
    rival = house.double_spend(txid)
    house.chain.mine(1, transactions=[rival])
    house.watch()
    assert only_deposit().status == DepositStatus.DOUBLE_SPENT

    house.reorg(1, [[], []], keep=False)

    assert only_deposit().status == DepositStatus.EVICTED
    assert not SpentInput.objects.exclude(rival="").exists()


def test_a_crowd_in_the_mempool_is_looked_at_in_parts(house: CustodyHouse) -> None:
    house.watch()
    [parent] = house.chain.mine(1, transactions=[house.chain.payment([TxOut(10_000, ELSEWHERE)] * CROWD)])
    name = txid_of(house.chain.blocks[parent].transactions[1])
    others = [spend([OutPoint(name, vout)], [TxOut(9_000, ELSEWHERE)]) for vout in range(CROWD - 1)]
    ours = spend([OutPoint(name, CROWD - 1)], [TxOut(9_000, script_of("alice"))])
    house.chain.mempool |= {txid_of(one): one for one in (*others, ours)}

    house.watch()

    assert statuses() == [SEEN]
