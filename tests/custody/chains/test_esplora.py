"""What is peculiar to Esplora: estimates, outputs that do not exist, pages where there is no answer."""

import pytest

from custody.bitcoin.transactions import serialize
from custody.bitcoin.types import Network, OutPoint, TxOut
from custody.chains.registry import source_of
from custody.chains.source import ChainUnavailable, ChainUnfit, VerdictKind
from tests.custody.support.fake_chain import MINER
from tests.custody.support.fake_esplora import FakeEsplora, serving_esplora
from tests.custody.support.lying import Lie


def _say(node: FakeEsplora, path: str, said: str) -> None:
    """From now on, on every path that holds this."""
    node.says[path] = said.encode()


@pytest.mark.parametrize(
    ("blocks", "expected"), [(1, 87_882), (2, 5_000), (100, 5_000), (144, 5_000), (9_999, 5_000)]
)
def test_the_estimate_is_that_of_the_nearest_target_before(blocks: int, expected: int) -> None:
    with serving_esplora() as node:
        assert source_of(node.url, Network.REGTEST).fee_rate(blocks) == expected


def test_without_estimates_nothing_is_known() -> None:
    with serving_esplora() as node:
        node.chain.fee_rate_sats = None
        assert source_of(node.url, Network.REGTEST).fee_rate(2) is None


def test_an_output_that_never_was_is_not_unspent_though_nobody_spent_it() -> None:
    with serving_esplora() as node:
        name = node.chain.pay(MINER, 1_000)
        source = source_of(node.url, Network.REGTEST)
        assert source.is_unspent(OutPoint(name, 0))
        assert not source.is_unspent(OutPoint(name, 99))


def test_a_page_that_is_not_found_is_no_answer() -> None:
    with serving_esplora() as node:
        elsewhere = source_of(node.url + "/elsewhere", Network.REGTEST)
        with pytest.raises(ChainUnavailable):
            elsewhere.check()
        source = source_of(node.url, Network.REGTEST)
        assert source.transaction("11" * 32) is None
        node.lie = Lie.ERROR_PAGE
        with pytest.raises(ChainUnavailable):
            source.transaction("11" * 32)


@pytest.mark.parametrize(
    "said", ["[]", '{"spent": 1}', '{"spent": null}', "true", '{"txid": "11"}', '"spent"']
)
def test_an_output_must_be_said_to_be_spent_or_not(said: str) -> None:
    with serving_esplora() as node:
        name = node.chain.pay(MINER, 1_000)
        _say(node, "/outspend/", said)
        with pytest.raises(ChainUnfit):
            source_of(node.url, Network.REGTEST).is_unspent(OutPoint(name, 0))


@pytest.mark.parametrize(
    "said", ["[]", '{"one": 1}', '{"1": null}', '{"-1": 3}', '{"1": "3"}', '{"1": true}']
)
def test_estimates_of_another_shape_are_malformed(said: str) -> None:
    with serving_esplora() as node:
        _say(node, "/fee-estimates", said)
        with pytest.raises(ChainUnfit):
            source_of(node.url, Network.REGTEST).fee_rate(3)


@pytest.mark.parametrize("said", ["[]", "{}", '{"id": "11", "height": 3}', '{"height": 3}'])
def test_facts_of_another_block_are_malformed(said: str) -> None:
    with serving_esplora() as node:
        _say(node, "/block/" + node.chain.tip.hash, said)
        with pytest.raises(ChainUnfit):
            source_of(node.url, Network.REGTEST).check()


def test_a_mempool_that_wants_more_than_is_paid_says_so() -> None:
    with serving_esplora() as node:
        node.chain.min_fee_rate_sats = 10**9
        raw = serialize(node.chain.payment([TxOut(1_000, MINER)]))
        verdict = source_of(node.url, Network.REGTEST).tell(raw)
    assert verdict.kind is VerdictKind.FEE_TOO_LOW
    assert "min relay fee not met" in verdict.detail
