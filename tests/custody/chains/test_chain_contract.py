"""What every chain source holds to, whatever it asks: nodes of tests, a real one, an independent one."""

from collections.abc import Iterator

import pytest

from custody.bitcoin.transactions import parse_tx, serialize, txid
from custody.bitcoin.types import SEQUENCE_RBF, Network, OutPoint, Tx, TxOut
from custody.chains.source import (
    MAX_FEE_RATE,
    MIN_FEE_RATE,
    ChainUnavailable,
    VerdictKind,
)
from tests.custody.chains.grounds import Ground, compared, fake_core, fake_esplora
from tests.custody.chains.nodes import bcoin, dev_chain


@pytest.fixture(scope="module", params=["core", "esplora", "compared", "dev_chain", "bcoin"])
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = {
        "core": fake_core,
        "esplora": fake_esplora,
        "compared": compared,
        "dev_chain": lambda: dev_chain(tmp_path_factory.mktemp("chain")),
        "bcoin": bcoin,
    }
    with made[request.param]() as one:
        yield one
        one.source.close()


def told(ground: Ground, fee_sats: int = 1_000) -> str:
    """A transaction in the mempool."""
    raw = ground.spend(ground.coin(), fee_sats)
    assert ground.source.tell(raw).kind is VerdictKind.ACCEPTED
    return txid(parse_tx(raw))


def test_it_says_where_it_stands(ground: Ground) -> None:
    before = ground.source.check()
    ground.mine(2)
    state = ground.source.check()
    assert state.network is Network.REGTEST
    assert state.height == before.height + 2
    assert state.headers >= state.height
    assert state.block_hash == ground.source.block_hash(state.height) != before.block_hash
    assert state.tip_time == ground.source.block(state.block_hash).time
    assert state.peers is None or state.peers >= 0


def test_above_the_tip_there_is_no_block(ground: Ground) -> None:
    height = ground.source.check().height
    assert ground.source.block_hash(height + 1) is None
    assert ground.source.block_hash(height + 1_000_000) is None


def test_blocks_follow_each_other(ground: Ground) -> None:
    ground.mine(3)
    height = ground.source.check().height
    hashes = [ground.source.block_hash(one) or "" for one in range(height - 3, height + 1)]
    blocks = [ground.source.block(one) for one in hashes]
    assert [one.hash for one in blocks] == hashes
    assert [one.previous_hash for one in blocks[1:]] == hashes[:-1]


def test_the_first_block_can_be_asked_for(ground: Ground) -> None:
    first = ground.source.block(ground.source.block_hash(0) or "")
    assert len(first.transactions) == 1


def test_a_block_that_nobody_has_is_no_answer(ground: Ground) -> None:
    with pytest.raises(ChainUnavailable):
        ground.source.block("11" * 32)


def test_a_transaction_is_found_in_the_mempool_and_in_its_block(ground: Ground) -> None:
    name = told(ground)
    raw = ground.source.transaction(name)
    assert raw is not None
    assert txid(parse_tx(raw)) == name
    assert parse_tx(raw).inputs[0].witness
    ground.mine()
    tip = ground.source.block(ground.source.check().block_hash)
    assert name in tip.txids
    assert serialize(tip.transactions[tip.txids.index(name)]) == raw
    assert ground.source.transaction(name) in (raw, None)


def test_nobody_knows_a_transaction_that_does_not_exist(ground: Ground) -> None:
    assert ground.source.transaction("11" * 32) is None


def test_the_mempool_has_what_was_told_until_it_is_mined(ground: Ground) -> None:
    names = {told(ground), told(ground)} | {told(ground)}
    assert ground.source.mempool() & names
    waiting = told(ground)
    assert waiting in ground.source.mempool()
    ground.mine()
    assert not ground.source.mempool() & (names | {waiting})


def test_transactions_of_the_mempool_come_together_without_those_that_left(ground: Ground) -> None:
    coins = [ground.coin(), ground.coin()]
    raws = [ground.spend(one) for one in coins]
    for raw in raws:
        ground.source.tell(raw)
    names = [txid(parse_tx(raw)) for raw in raws]
    assert ground.source.mempool_transactions([*names, "11" * 32]) == dict(zip(names, raws, strict=True))
    assert ground.source.mempool_transactions([]) == {}


def test_a_coin_is_unspent_until_the_mempool_or_a_block_spends_it(ground: Ground) -> None:
    coin = ground.coin()
    raw = ground.spend(coin)
    made = OutPoint(txid(parse_tx(raw)), 0)
    assert ground.source.is_unspent(coin[0])
    assert not ground.source.is_unspent(made)
    ground.source.tell(raw)
    assert not ground.source.is_unspent(coin[0])
    assert ground.source.is_unspent(made)
    ground.mine()
    assert not ground.source.is_unspent(coin[0])
    assert ground.source.is_unspent(made)


def test_an_output_that_does_not_exist_is_not_unspent(ground: Ground) -> None:
    name = told(ground)
    assert not ground.source.is_unspent(OutPoint(name, 7))
    assert not ground.source.is_unspent(OutPoint("11" * 32, 0))


def test_a_fee_rate_is_sane_or_not_known(ground: Ground) -> None:
    for blocks in (1, 2, 6, 144, 5_000):
        rate = ground.source.fee_rate(blocks)
        assert rate is None or MIN_FEE_RATE <= rate <= MAX_FEE_RATE


def test_what_was_told_may_be_told_again(ground: Ground) -> None:
    raw = ground.spend(ground.coin())
    assert ground.source.tell(raw).kind is VerdictKind.ACCEPTED
    assert ground.source.tell(raw).kind in (VerdictKind.ACCEPTED, VerdictKind.KNOWN)
    ground.mine()
    assert ground.source.tell(raw).kind is VerdictKind.IN_CHAIN


def test_inputs_that_nobody_knows_are_missing(ground: Ground) -> None:
    verdict = ground.source.tell(ground.spend((OutPoint("11" * 32, 0), 100_000)))
    assert verdict.kind is VerdictKind.MISSING_INPUTS
    assert verdict.detail


def test_inputs_that_a_block_spent_are_missing(ground: Ground) -> None:
    coin = ground.coin()
    ground.source.tell(ground.spend(coin))
    ground.mine()
    assert ground.source.tell(ground.spend(coin, 2_000)).kind is VerdictKind.MISSING_INPUTS


def test_a_rival_in_the_mempool_is_a_conflict(ground: Ground) -> None:
    coin = ground.coin()
    ground.source.tell(ground.spend(coin, sequence=0xFFFFFFFF))
    verdict = ground.source.tell(ground.spend(coin, 1_001))
    assert verdict.kind in (VerdictKind.CONFLICT, VerdictKind.FEE_TOO_LOW)


def test_a_fee_of_nothing_is_too_low(ground: Ground) -> None:
    assert ground.source.tell(ground.spend(ground.coin(), 0)).kind is VerdictKind.FEE_TOO_LOW


def test_more_than_there_is_cannot_be_spent(ground: Ground) -> None:
    outpoint, value = ground.coin()
    verdict = ground.source.tell(ground.spend((outpoint, 2 * value)))
    assert verdict.kind in (VerdictKind.REFUSED, VerdictKind.FEE_TOO_LOW)  # some look at the fee first


def test_a_signature_of_something_else_is_refused(ground: Ground) -> None:
    if not ground.validates:
        pytest.skip("a node of tests looks at no signatures")
    tx = parse_tx(ground.spend(ground.coin()))
    other = Tx(2, tx.inputs, (TxOut(tx.outputs[0].value_sats - 1, tx.outputs[0].script),))
    assert ground.source.tell(serialize(other)).kind is VerdictKind.REFUSED


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_a_reorganization_shows_in_the_hashes(ground: Ground, depth: int) -> None:
    ground.mine(depth)
    before = ground.source.check()
    fork = before.height - depth
    kept, old = ground.source.block_hash(fork), ground.source.block_hash(fork + 1)
    ground.reorganize(depth)
    after = ground.source.check()
    assert after.height == before.height + 1
    assert ground.source.block_hash(fork) == kept
    assert ground.source.block_hash(fork + 1) not in (old, None)


def test_a_transaction_can_be_mined_again_after_a_reorganization(ground: Ground) -> None:
    name = told(ground)
    raw = ground.source.transaction(name)
    assert raw is not None
    ground.mine()
    ground.reorganize(1)
    verdict = ground.source.tell(raw)
    assert verdict.kind in (VerdictKind.ACCEPTED, VerdictKind.KNOWN, VerdictKind.IN_CHAIN)
    ground.mine()
    assert ground.source.tell(raw).kind is VerdictKind.IN_CHAIN


def test_a_higher_fee_replaces(ground: Ground) -> None:
    if not ground.replaces:
        pytest.skip("this node replaces nothing")
    coin = ground.coin()
    first, second = ground.spend(coin, 1_000, sequence=SEQUENCE_RBF), ground.spend(coin, 5_000)
    ground.source.tell(first)
    assert ground.source.tell(second).kind is VerdictKind.ACCEPTED
    names = ground.source.mempool()
    assert txid(parse_tx(second)) in names
    assert txid(parse_tx(first)) not in names
