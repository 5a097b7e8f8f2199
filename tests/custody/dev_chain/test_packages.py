"""What descends from each other is mined together, by what it pays together, and is bounded."""

from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import Tx
from custody.dev_chain.following import parsed
from custody.dev_chain.node import DevNode
from tests.custody.dev_chain.paying import coin, made, payment, refusal, tampered


def mined(node: DevNode) -> list[str]:
    stored = node.block(node.mine()[0])
    assert stored is not None
    return list(parsed(stored).txids[1:])


def accepted(node: DevNode, tx: Tx) -> str:
    return node.accept(serialize(tx))


def test_who_pays_more_is_mined_first(node: DevNode) -> None:
    found = [accepted(node, payment(node, coin(node, at), fee=fee)) for at, fee in enumerate((300, 900, 600))]
    assert mined(node) == [found[1], found[2], found[0]]


def test_a_child_pulls_its_parent(node: DevNode) -> None:
    poor = payment(node, coin(node), fee=120)
    middling = accepted(node, payment(node, coin(node, 1), fee=2_000))
    accepted(node, poor)
    child = accepted(node, payment(node, made(poor), fee=20_000))
    assert mined(node) == [txid(poor), child, middling]


def test_where_there_is_no_room_the_best_package_goes_in(node: DevNode) -> None:
    poor = payment(node, coin(node), fee=120)
    accepted(node, poor)
    child = payment(node, made(poor), fee=20_000)
    accepted(node, child)
    accepted(node, payment(node, coin(node, 1), fee=2_000))
    weight = sum(node.pool.entries[txid(one)].weight for one in (poor, child))
    assert [one.txid for one in node.pool.best_first(weight)] == [txid(poor), txid(child)]
    assert [one.txid for one in node.pool.best_first(weight - 1)] != [txid(poor), txid(child)]


def test_a_chain_has_25_at_most(node: DevNode) -> None:
    last = payment(node, coin(node))
    for _ in range(24):
        accepted(node, last)
        last = payment(node, made(last))
    accepted(node, last)
    assert refusal(node, payment(node, made(last))) == "too-long-mempool-chain"
    assert len(mined(node)) == 25


def test_a_whole_chain_comes_back_after_a_reorganisation_in_order(node: DevNode) -> None:
    parent = payment(node, coin(node))
    child = payment(node, made(parent))
    for one in (parent, child):
        accepted(node, one)
    block = node.mine()[0]
    grandchild = payment(node, made(child))
    accepted(node, grandchild)
    node.invalidate_block(block)
    assert list(node.pool.entries) == [txid(one) for one in (parent, child, grandchild)]
    assert mined(node) == [txid(one) for one in (parent, child, grandchild)]


def test_a_parent_mined_elsewhere_leaves_its_child_waiting(node: DevNode) -> None:
    parent = payment(node, coin(node))
    child = payment(node, made(parent))
    for one in (parent, child):
        accepted(node, one)
    node.mine_on(node.tip, [parent])
    assert list(node.pool.entries) == [txid(child)]
    assert mined(node) == [txid(child)]


def test_what_is_dropped_takes_its_children_with_it(node: DevNode) -> None:
    parent = payment(node, coin(node))
    child = payment(node, made(parent))
    for one in (parent, child):
        accepted(node, one)
    assert sorted(node.drop_from_pool([txid(parent)])) == sorted([txid(parent), txid(child)])
    assert not len(node.pool)
    assert accepted(node, parent) == txid(parent)


def test_what_should_never_have_been_let_in_does_not_stop_the_miner(node: DevNode) -> None:
    entry = node.judge(serialize(payment(node, coin(node)))).entry
    entry.tx = tampered(entry.tx)
    node.pool.add(entry)
    assert mined(node) == []
    assert (node.height, len(node.pool)) == (121, 0)
