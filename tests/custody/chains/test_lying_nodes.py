"""A node that lies is found out, or gives no answer in time: nothing else ever comes of it."""

import time
from collections.abc import Callable, Iterator

import pytest

from custody.bitcoin.transactions import parse_tx, serialize, txid
from custody.bitcoin.types import Network, OutPoint
from custody.chains.registry import source_of
from custody.chains.source import (
    ChainFailure,
    ChainSource,
    ChainUnavailable,
    ChainUnfit,
    Unfit,
    VerdictKind,
)
from custody.chains.transport import MUCH
from tests.custody.support.fake_bitcoind import FakeBitcoind, serving_bitcoind
from tests.custody.support.fake_chain import MINER
from tests.custody.support.fake_esplora import FakeEsplora, serving_esplora
from tests.custody.support.lying import Lie

IMPATIENT_S = 0.4
LEEWAY_S = 2.0  # for a machine that has other things to do
SLOW = (Lie.DRIP, Lie.SLOW_HEADERS)

Node = FakeBitcoind | FakeEsplora
Ask = Callable[[ChainSource, Node], object]


@pytest.fixture(scope="module", params=[serving_bitcoind, serving_esplora])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Node, ChainSource, str]]:
    with request.param() as node:
        source = source_of(node.url, Network.REGTEST)
        yield node, source, node.chain.pay(MINER, 50_000)
        source.close()


@pytest.fixture
def node(served: tuple[Node, ChainSource, str]) -> Iterator[Node]:
    yield served[0]
    served[0].lie, served[0].only = None, ""


@pytest.fixture
def source(served: tuple[Node, ChainSource, str], node: Node) -> ChainSource:
    return served[1]


@pytest.fixture
def waiting(served: tuple[Node, ChainSource, str]) -> str:
    """A transaction in the mempool."""
    return served[2]


def everything(source: ChainSource, node: Node, waiting: str, raw: bytes) -> list[Callable[[], object]]:
    return [
        source.check,
        lambda: source.block_hash(2),
        lambda: source.block(node.chain.active[2]),
        lambda: source.transaction(waiting),
        source.mempool,
        lambda: source.mempool_transactions([waiting]),
        lambda: source.is_unspent(OutPoint(waiting, 0)),
        lambda: source.fee_rate(2),
        lambda: source.tell(raw),
    ]


def raw_of(node: Node, name: str) -> bytes:
    tx = node.chain.transaction(name)
    assert tx is not None
    return serialize(tx)


def failure(ask: Callable[[], object]) -> ChainFailure | None:
    try:
        ask()
    except ChainFailure as failed:
        return failed
    return None


@pytest.mark.parametrize("lie", [one for one in Lie if one not in SLOW])
def test_whatever_a_node_says_only_a_failure_comes_of_it(
    source: ChainSource, node: Node, waiting: str, lie: Lie
) -> None:
    asked = everything(source, node, waiting, raw_of(node, waiting))
    node.lie = lie
    for ask in asked:
        found = failure(ask)
        assert found is None or len(str(found)) <= 200


@pytest.mark.parametrize("lie", SLOW)
@pytest.mark.parametrize("number", [2, 8])
def test_a_slow_drip_ends_in_time(node: Node, waiting: str, lie: Lie, number: int) -> None:
    source = source_of(node.url, Network.REGTEST, timeout_s=IMPATIENT_S)
    ask = everything(source, node, waiting, raw_of(node, waiting))[number]
    node.lie = lie
    begun = time.monotonic()
    assert isinstance(failure(ask), ChainUnavailable)
    assert time.monotonic() - begun < MUCH * IMPATIENT_S + LEEWAY_S


@pytest.mark.parametrize(
    "lie",
    [Lie.HEX, Lie.NULLS, Lie.NUMBERS, Lie.NAN, Lie.DEEP, Lie.HTML, Lie.PACKED, Lie.HUGE, Lie.ENDLESS],
)
def test_an_answer_of_no_shape_makes_a_node_unfit(
    source: ChainSource, node: Node, waiting: str, lie: Lie
) -> None:
    asked = everything(source, node, waiting, raw_of(node, waiting))[:3]
    node.lie = lie
    for ask in asked:
        found = failure(ask)
        assert isinstance(found, ChainUnfit)
        assert found.reason in (Unfit.MALFORMED, Unfit.WRONG_BLOCK)


@pytest.mark.parametrize("lie", [Lie.ERROR_PAGE, Lie.REDIRECT, Lie.CUT, Lie.LOST])
def test_an_answer_that_does_not_come_is_unknown(
    source: ChainSource, node: Node, waiting: str, lie: Lie
) -> None:
    asked = everything(source, node, waiting, raw_of(node, waiting))
    node.lie = lie
    assert all(isinstance(failure(ask), ChainUnavailable) for ask in asked)


@pytest.mark.parametrize(
    ("lie", "reason"),
    [(Lie.NETWORK, Unfit.NETWORK), (Lie.NO_WORK, Unfit.WRONG_BLOCK), (Lie.WRONG_BLOCK, Unfit.WRONG_BLOCK)],
)
def test_a_tip_that_is_none_is_found_out(source: ChainSource, node: Node, lie: Lie, reason: Unfit) -> None:
    node.lie = lie
    with pytest.raises(ChainUnfit) as found:
        source.check()
    assert found.value.reason is reason


@pytest.mark.parametrize("lie", [Lie.NO_WORK, Lie.WRONG_BLOCK, Lie.CUT_BLOCK])
def test_a_block_that_is_none_is_found_out(source: ChainSource, node: Node, lie: Lie) -> None:
    node.lie = lie
    with pytest.raises(ChainUnfit) as found:
        source.block(node.chain.active[2])
    assert found.value.reason is Unfit.WRONG_BLOCK


def test_another_transaction_is_found_out(source: ChainSource, node: Node, waiting: str) -> None:
    raw = raw_of(node, waiting)
    node.lie = Lie.WRONG_TRANSACTION
    asked: list[Callable[[], object]] = [
        lambda: source.transaction(waiting),
        lambda: source.mempool_transactions([waiting]),
        lambda: source.tell(raw),
    ]
    for ask in asked:
        found = failure(ask)
        assert isinstance(found, ChainUnfit)
        assert found.reason is Unfit.WRONG_TRANSACTION


def test_what_was_told_to_a_node_that_falls_silent_may_have_arrived(source: ChainSource, node: Node) -> None:
    told = raw_of(node, node.chain.pay(MINER, 40_000))
    name = txid(parse_tx(told))
    node.chain.drop_mempool(name)
    node.lie = Lie.LOST
    with pytest.raises(ChainUnavailable):
        source.tell(told)
    assert name in node.chain.mempool
    node.lie = None
    assert source.tell(told).kind in (VerdictKind.ACCEPTED, VerdictKind.KNOWN)


def test_a_node_that_is_stuck_shows_an_old_tip(source: ChainSource, node: Node) -> None:
    node.lie = Lie.STUCK
    before = source.check()
    node.chain.mine(2)
    assert source.check() == before
    node.lie = None
    assert source.check().tip_time > before.tip_time


def test_a_node_that_is_gone_is_unavailable_and_may_come_back() -> None:
    with serving_bitcoind() as node:
        source = source_of(node.url, Network.REGTEST)
        source.check()
        node.lie = Lie.CUT
        with pytest.raises(ChainUnavailable):
            source.check()
        node.lie = None
        assert source.check().height == node.chain.height
    with pytest.raises(ChainUnavailable):
        source.check()


def test_headers_without_their_blocks_are_syncing() -> None:
    with serving_bitcoind() as node:
        node.lie = Lie.SYNCING
        with pytest.raises(ChainUnfit) as found:
            source_of(node.url, Network.REGTEST).check()
        assert found.value.reason is Unfit.SYNCING


def test_a_node_of_another_network_is_unfit() -> None:
    with serving_bitcoind() as node, pytest.raises(ChainUnfit) as found:
        source_of(node.url, Network.MAIN).check()
    assert found.value.reason is Unfit.NETWORK
