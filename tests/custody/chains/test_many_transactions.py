"""A mempool that somebody fills with huge transactions is still read, in parts and within bounds."""

import pytest

from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import Network, OutPoint, Tx, TxIn, TxOut
from custody.chains import core_rpc, esplora
from custody.chains.json_rpc import MAX_BATCH
from custody.chains.registry import source_of
from custody.chains.source import MAX_ASKED
from custody.chains.transport import AnswerTooLarge
from tests.custody.support.fake_bitcoind import serving_bitcoind
from tests.custody.support.fake_chain import MINER, FakeChain
from tests.custody.support.fake_esplora import serving_esplora

HUGE_BYTES = 20_000


def flooded(count: int) -> FakeChain:
    """A chain whose mempool has so many transactions with a huge witness."""
    chain = FakeChain(5)
    for number in range(count):
        spent = TxIn(OutPoint("11" * 32, number), witness=(b"x" * HUGE_BYTES,))
        tx = Tx(2, (spent,), (TxOut(1_000, MINER),))
        chain.mempool[txid(tx)] = tx
    return chain


def test_many_come_in_batches_of_a_bounded_size() -> None:
    chain = flooded(0)
    names = [chain.pay(MINER, 1_000) for _ in range(3)]
    with serving_bitcoind(chain) as node:
        asked = [*names, *(f"{number:064x}" for number in range(2 * MAX_BATCH))]
        found = source_of(node.url, Network.REGTEST).mempool_transactions(asked)
        assert found.keys() == set(names)
        assert node.exchanges == 3


def test_an_answer_that_would_be_too_large_is_asked_for_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_rpc, "_BATCH_ANSWER", 5 * HUGE_BYTES)  # hex: two of them
    chain = flooded(9)
    with serving_bitcoind(chain) as node:
        found = source_of(node.url, Network.REGTEST).mempool_transactions(chain.mempool.keys())
    assert found == {name: serialize(tx) for name, tx in chain.mempool.items()}


def test_one_that_alone_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_rpc, "_BATCH_ANSWER", HUGE_BYTES)
    chain = flooded(1)
    with serving_bitcoind(chain) as node, pytest.raises(AnswerTooLarge):
        source_of(node.url, Network.REGTEST).mempool_transactions(chain.mempool.keys())


def test_no_more_is_asked_for_once_enough_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_rpc, "MAX_GATHERED", 3 * HUGE_BYTES)
    monkeypatch.setattr(esplora, "MAX_GATHERED", 3 * HUGE_BYTES)
    chain = flooded(MAX_BATCH + 20)
    with serving_bitcoind(chain) as node, serving_esplora(chain) as other:
        found = source_of(node.url, Network.REGTEST).mempool_transactions(chain.mempool.keys())
        assert len(found) == MAX_BATCH
        assert len(source_of(other.url, Network.REGTEST).mempool_transactions(chain.mempool.keys())) == 3


def test_more_than_the_limit_is_a_mistake_of_the_caller() -> None:
    asked = [f"{number:064x}" for number in range(MAX_ASKED + 1)]
    with serving_bitcoind() as node, pytest.raises(AssertionError):
        source_of(node.url, Network.REGTEST).mempool_transactions(asked)


def test_an_esplora_is_asked_one_by_one_only_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esplora, "ONE_BY_ONE_S", 0.0)
    chain = flooded(5)
    with serving_esplora(chain) as node:
        found = source_of(node.url, Network.REGTEST).mempool_transactions(chain.mempool.keys())
    assert len(found) < 5
