"""Two sources that must agree: what is told where they do not, and where one of them is silent."""

from collections.abc import Iterator

import pytest

from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import Network, OutPoint, TxOut
from custody.chains.compared import MAX_APART, Compared
from custody.chains.registry import source_of
from custody.chains.source import ChainSource, ChainUnavailable, ChainUnfit, Unfit, VerdictKind
from tests.custody.support.fake_bitcoind import FakeBitcoind, serving_bitcoind
from tests.custody.support.fake_chain import MINER, FakeChain, copy_of
from tests.custody.support.lying import Lie


@pytest.fixture
def nodes() -> Iterator[tuple[FakeBitcoind, FakeBitcoind]]:
    """Two that see the same blocks, for now."""
    chain = FakeChain()
    with serving_bitcoind(chain) as first, serving_bitcoind(copy_of(chain)) as second:
        yield first, second


@pytest.fixture
def source(nodes: tuple[FakeBitcoind, FakeBitcoind]) -> Iterator[ChainSource]:
    source = Compared(*(source_of(one.url, Network.REGTEST) for one in nodes))
    yield source
    source.close()


def is_unfit(source: ChainSource) -> bool:
    try:
        source.check()
    except ChainUnfit as unfit:
        return unfit.reason is Unfit.DISAGREE
    return False


def test_two_that_agree_are_as_one(nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource) -> None:
    assert source.check().block_hash == nodes[0].chain.tip.hash
    assert source.block_hash(2) == nodes[0].chain.active[2]


@pytest.mark.parametrize("behind", [0, 1])
def test_one_may_be_a_few_blocks_behind(
    nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource, behind: int
) -> None:
    nodes[1 - behind].chain.mine(MAX_APART)
    assert not is_unfit(source)
    nodes[1 - behind].chain.mine()
    assert is_unfit(source)


def test_tips_may_differ_for_a_moment(nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource) -> None:
    for number, one in enumerate(nodes):
        one.chain.mine(MAX_APART, script=bytes([0, 20]) + bytes([number]) * 20)
    assert not is_unfit(source)
    assert source.block_hash(nodes[0].chain.height) == nodes[0].chain.tip.hash
    for number, one in enumerate(nodes):
        one.chain.mine(1, script=bytes([0, 20]) + bytes([number]) * 20)
    assert is_unfit(source)


def test_an_old_block_on_which_they_differ_is_told_by_neither(
    nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource
) -> None:
    fork = nodes[0].chain.height
    for number, one in enumerate(nodes):
        one.chain.mine(6, script=bytes([0, 20]) + bytes([number]) * 20)
    assert source.block_hash(fork) == nodes[0].chain.active[fork]
    with pytest.raises(ChainUnfit):
        source.block_hash(fork + 1)


@pytest.mark.parametrize("silent", [0, 1])
def test_without_both_nothing_is_known(
    nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource, silent: int
) -> None:
    nodes[silent].lie = Lie.CUT
    with pytest.raises(ChainUnavailable):
        source.check()


def test_both_are_told_and_either_is_enough(
    nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource
) -> None:
    first, second = (one.chain for one in nodes)
    tx = first.payment([TxOut(50_000, MINER)])
    assert source.tell(serialize(tx)).kind is VerdictKind.ACCEPTED
    assert first.mempool.keys() == second.mempool.keys() != set()
    for silent, other in ((0, second), (1, first)):
        for chain in (first, second):
            chain.drop_mempool()
        nodes[silent].lie = Lie.CUT
        assert source.tell(serialize(tx)).kind is VerdictKind.ACCEPTED
        assert len(other.mempool) == 1
        nodes[silent].lie = None


def test_told_to_nobody_is_unknown(nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource) -> None:
    tx = nodes[0].chain.payment([TxOut(50_000, MINER)])
    for one in nodes:
        one.lie = Lie.CUT
    with pytest.raises(ChainUnavailable):
        source.tell(serialize(tx))


def test_a_coin_that_one_of_them_sees_spent_is_spent(
    nodes: tuple[FakeBitcoind, FakeBitcoind], source: ChainSource
) -> None:
    chain = nodes[1].chain
    tx = chain.payment([TxOut(50_000, MINER)])
    spent = tx.inputs[0].outpoint
    assert source.is_unspent(spent)
    chain.send(tx)
    assert not source.is_unspent(spent)
    assert not source.is_unspent(OutPoint("11" * 32, 0))


@pytest.mark.parametrize(
    ("rates", "expected"), [((9_000, 4_000), 4_000), ((None, 7_000), 7_000), ((None, None), None)]
)
def test_the_lower_fee_rate_counts(
    nodes: tuple[FakeBitcoind, FakeBitcoind],
    source: ChainSource,
    rates: tuple[int | None, int | None],
    expected: int | None,
) -> None:
    for one, rate in zip(nodes, rates, strict=True):
        one.chain.fee_rate_sats = rate
    assert source.fee_rate(3) == expected
