"""Blocks are judged by Bitcoin Core's consensus engine, and what it refuses changes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from custody.bitcoin.transactions import txid
from custody.bitcoin.types import TxOut
from custody.dev_chain.assembling import assemble
from custody.dev_chain.errors import ChainError
from custody.dev_chain.mining import Template, make_block, subsidy_sats
from custody.dev_chain.node import DevNode
from tests.custody.dev_chain.paying import block_refusal, coin, made, payment, tampered


def test_it_takes_a_valid_spend(node: DevNode) -> None:
    spend = payment(node, coin(node))
    node.mine_on(node.tip, [spend])
    assert node.confirmations(txid(spend)) == 1


def test_it_refuses_a_tampered_signature(node: DevNode) -> None:
    raw = node.made_block(node.tip, [tampered(payment(node, coin(node)))])
    assert "script-verify-flag-failed" in block_refusal(node, raw)
    assert node.height == 120


def test_it_refuses_to_spend_twice_in_one_block(node: DevNode) -> None:
    spent = coin(node)
    both = [payment(node, spent), payment(node, spent, fee=2_000)]
    assert block_refusal(node, node.made_block(node.tip, both)) == "bad-txns-inputs-missingorspent"


def test_it_refuses_to_spend_again_what_an_earlier_block_spent(node: DevNode) -> None:
    spent = coin(node)
    node.mine_on(node.tip, [payment(node, spent)])
    again = node.made_block(node.tip, [payment(node, spent, fee=2_000)])
    assert block_refusal(node, again) == "bad-txns-inputs-missingorspent"


def test_it_refuses_an_unripe_reward(node: DevNode) -> None:
    unripe = payment(node, coin(node, 50))
    reason = block_refusal(node, node.made_block(node.tip, [unripe]))
    assert reason == "bad-txns-premature-spend-of-coinbase"


def test_it_refuses_money_from_nothing(node: DevNode) -> None:
    spent = coin(node)
    richer = node.miner.signed([spent], [TxOut(spent.value_sats + 1, node.miner.script)])
    assert block_refusal(node, node.made_block(node.tip, [richer])) == "bad-txns-in-belowout"


def test_it_refuses_a_reward_of_one_satoshi_too_many(node: DevNode) -> None:
    below = node.block(node.tip)
    assert below is not None
    right = subsidy_sats(node.height + 1)
    template = Template(node.tip, node.height + 1, below.time + 1, node.miner.script, right + 1, (), b"x")
    assert block_refusal(node, make_block(template)) == "bad-cb-amount"
    assert block_refusal(node, make_block(replace(template, reward_sats=1))) == ""


def test_the_reward_halves_every_150_blocks(node: DevNode) -> None:
    node.mine(180)
    assert [coin(node, at).value_sats for at in (148, 149, 299)] == [50 * 10**8, 25 * 10**8, 1_250_000_000]


def test_it_refuses_a_block_twice_and_one_without_a_parent(node: DevNode, tmp_path: Path) -> None:
    raw = node.made_block(node.tip)
    node.submit_block(raw)
    assert block_refusal(node, raw) == "duplicate"
    with DevNode(tmp_path / "other", premine=3) as other:
        assert block_refusal(node, other.made_block(other.tip)) == "prev-blk-not-found"


def test_it_refuses_a_block_of_the_past(node: DevNode) -> None:
    template = Template(node.tip, node.height + 1, 1_296_688_602, node.miner.script, 0, (), b"x")
    assert block_refusal(node, make_block(template)) == "time-too-old"


def test_it_refuses_a_block_whose_transactions_were_exchanged(node: DevNode) -> None:
    raw = bytearray(node.made_block(node.tip, [payment(node, coin(node))]))
    raw[-1] ^= 1  # of the lock time
    assert block_refusal(node, bytes(raw)) in ("bad-txnmrklroot", "high-hash")


@pytest.mark.parametrize("raw", [b"", b"\0" * 80, b"\xff" * 200])
def test_it_refuses_what_is_no_block(node: DevNode, raw: bytes) -> None:
    with pytest.raises(ChainError):
        node.submit_block(raw)
    assert node.height == 120


def test_a_block_may_spend_what_it_makes_itself(node: DevNode) -> None:
    first = payment(node, coin(node))
    second = payment(node, made(first))
    block_hash = node.mine_on(node.tip, [first, second])
    assert node.confirmations(txid(second)) == 1
    node.invalidate_block(block_hash)
    assert node.confirmations(txid(second)) == 0
    assert coin(node).height == 1


def test_whoever_mines_gets_the_fees(node: DevNode) -> None:
    stored = node.block(node.tip)
    assert stored is not None
    spend = payment(node, coin(node), fee=7_777)
    raw = assemble(node.store, stored, [spend], b"\x51", b"x")
    node.submit_block(raw)
    newest = node.store.rows.execute("SELECT value FROM coins WHERE script = ?", (b"\x51",)).fetchone()
    assert newest == (subsidy_sats(node.height) + 7_777,)
