"""The chain turns to the branch with more work, however deep, and what loses its block waits again."""

import pytest

from custody.bitcoin.transactions import txid
from custody.dev_chain.errors import ChainError
from custody.dev_chain.node import DevNode
from tests.custody.dev_chain.paying import coin, made, payment


def branch(node: DevNode, parent: str, length: int) -> list[str]:
    found = []
    for _ in range(length):
        parent = node.mine_on(parent)
        found.append(parent)
    return found


@pytest.mark.parametrize("depth", range(1, 7))
def test_a_longer_branch_takes_over(node: DevNode, depth: int) -> None:
    fork = node.tip
    sent = node.send(node.new_address(), 1_000_000)
    node.mine(depth)
    assert node.confirmations(sent) == depth
    branch(node, fork, depth)
    assert node.confirmations(sent) == depth  # as long is not longer
    found = branch(node, fork, depth + 1)
    assert node.tip == found[-1]
    assert node.confirmations(sent) == 0
    assert sent in node.pool
    node.mine()
    assert node.confirmations(sent) == 1


def test_coins_are_what_they_were_after_there_and_back(node: DevNode) -> None:
    def coins() -> list[tuple[object, ...]]:
        return node.store.rows.execute("SELECT * FROM coins ORDER BY txid, vout").fetchall()

    fork, before = node.tip, coins()
    for _ in range(3):
        node.send(node.new_address(), 1_000_000)
        node.mine()
    tip, after = node.tip, coins()
    first = node.hash_at(121) or ""
    node.invalidate_block(first)
    assert (node.tip, coins()) == (fork, before)
    node.reconsider_block(first)
    assert (node.tip, coins()) == (tip, after)


def test_a_spend_can_be_in_both_branches_at_different_heights(node: DevNode) -> None:
    fork, spend = node.tip, payment(node, coin(node))
    node.mine_on(fork, [spend])
    other = branch(node, fork, 2)[-1]
    node.mine_on(other, [spend])
    assert node.height == 123
    assert node.confirmations(txid(spend)) == 1
    assert txid(spend) not in node.pool


def test_a_spend_in_the_other_branch_ends_its_rival_and_what_descends_from_it(node: DevNode) -> None:
    fork, spent = node.tip, coin(node)
    kept, rival = payment(node, spent), payment(node, spent, fee=5_000)
    child = payment(node, made(kept))
    node.mine_on(fork, [kept, child])
    node.mine_on(node.mine_on(fork, [rival]))
    assert node.confirmations(txid(rival)) == 2
    assert node.transaction(txid(kept)) is None
    assert node.transaction(txid(child)) is None


def test_an_unripe_reward_cannot_wait(node: DevNode) -> None:
    reward_block = node.hash_at(20) or ""
    spend = payment(node, coin(node, 19))
    node.mine_on(node.tip, [spend])
    node.invalidate_block(node.hash_at(119) or "")
    assert node.height == 118
    assert node.block(reward_block) is not None
    assert txid(spend) not in node.pool


def test_an_invalid_block_in_a_branch_ends_it(node: DevNode) -> None:
    fork = node.tip
    node.mine(1)
    bad = node.made_block(fork, [payment(node, coin(node, 60))])
    with_bad = node.submit_block(bad)  # as long as ours: nobody has looked inside yet
    with pytest.raises(ChainError):
        node.mine_on(with_bad)
    assert node.height == 121
    node.mine(1)
    assert node.height == 122


def test_nothing_is_built_on_what_was_declared_invalid(node: DevNode) -> None:
    marked = node.mine(2)[0]
    on_it = node.made_block(node.tip)
    node.invalidate_block(marked)
    with pytest.raises(ChainError, match="bad-prevblk"):
        node.submit_block(on_it)
    assert node.height == 120


def test_the_first_block_stays(node: DevNode) -> None:
    with pytest.raises(ChainError, match="genesis"):
        node.invalidate_block(node.hash_at(0) or "")
