"""The chain of tests does what its users rely on: its blocks are real, and it reorganizes as it is told."""

import pytest

from custody.bitcoin.blocks import parse_block
from custody.bitcoin.types import Network, OutPoint, TxOut
from tests.custody.support.fake_chain import MINER, FakeChain, Rejected, spend

SOMEBODY = bytes([0, 20]) + b"s" * 20


def test_its_blocks_are_worked_for_and_follow_each_other() -> None:
    chain = FakeChain()
    chain.pay(SOMEBODY, 1_000)
    chain.mine()
    blocks = [parse_block(chain.blocks[one].raw, Network.REGTEST) for one in chain.active]
    assert [one.hash for one in blocks] == chain.active
    assert [one.previous_hash for one in blocks[1:]] == chain.active[:-1]


@pytest.mark.parametrize("depth", [1, 6])
def test_what_a_reorganization_undid_waits_again_or_vanishes(depth: int) -> None:
    chain = FakeChain()
    paid = chain.pay(SOMEBODY, 1_000)
    chain.mine(depth)
    height = chain.height
    chain.reorg(depth)
    assert chain.height == height + 1
    assert chain.block_of(paid) is None
    assert paid in chain.mempool
    chain.mine()
    chain.reorg(1, keep=False)
    assert chain.transaction(paid) is None
    assert not chain.is_unspent(OutPoint(paid, 0))


def test_the_new_branch_may_hold_the_same_transaction_elsewhere() -> None:
    chain = FakeChain()
    paid = chain.pay(SOMEBODY, 1_000)
    tx = chain.mempool[paid]
    chain.mine(2)
    chain.reorg(2, [(), (), (tx,)])
    block = chain.block_of(paid)
    assert block is not None
    assert block.height == chain.height
    assert not chain.mempool


def test_the_new_branch_may_spend_the_inputs_otherwise() -> None:
    chain = FakeChain()
    paid = chain.pay(SOMEBODY, 1_000)
    double = spend([one.outpoint for one in chain.mempool[paid].inputs], [TxOut(5_000, MINER)])
    chain.mine()
    chain.reorg(1, [(double,)])
    assert chain.transaction(paid) is None
    assert chain.spender(double.inputs[0].outpoint) != paid


def test_a_replacement_takes_along_what_spent_the_replaced() -> None:
    chain = FakeChain()
    paid = chain.pay(SOMEBODY, 10_000)
    child = chain.send(spend([OutPoint(paid, 0)], [TxOut(5_000, MINER)]))
    other = chain.replace(paid, [TxOut(9_000, SOMEBODY)], fee_sats=20_000)
    assert chain.mempool.keys() == {other}
    assert chain.transaction(child) is None


def test_a_rival_without_a_higher_fee_is_rejected() -> None:
    chain = FakeChain()
    tx = chain.mempool[chain.pay(SOMEBODY, 10_000)]
    rival = spend([one.outpoint for one in tx.inputs], [*tx.outputs[:-1], TxOut(5, SOMEBODY), tx.outputs[-1]])
    with pytest.raises(Rejected) as rejected:
        chain.send(rival)
    assert rejected.value.code == -26
