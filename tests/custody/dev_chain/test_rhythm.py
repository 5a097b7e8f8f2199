"""Blocks come by themselves while somebody waits for them, and none where nobody does."""

from custody.bitcoin.transactions import serialize
from custody.dev_chain.node import DevNode
from custody.dev_chain.rhythm import DEEP_BLOCKS, Rhythm
from tests.custody.dev_chain.paying import coin, payment

SECONDS = 15.0


def heights(node: DevNode, *, seconds: float, until: int) -> list[int]:
    """How high the chain is after each second."""
    found: list[int] = []
    rhythm = Rhythm(node, seconds, clock=lambda: float(len(found)))
    while len(found) < until:
        rhythm.turn()
        found.append(node.height)
    return found


def test_nobody_waits_and_nothing_is_mined(node: DevNode) -> None:
    before = node.height
    assert set(heights(node, seconds=SECONDS, until=60)) == {before}


def test_who_waits_is_mined_in_time_and_becomes_deep(node: DevNode) -> None:
    before = node.height
    node.accept(serialize(payment(node, coin(node))))
    found = heights(node, seconds=SECONDS, until=150)
    assert (found[14], found[15], found[29], found[30]) == (before, before + 1, before + 1, before + 2)
    assert found[-1] == before + DEEP_BLOCKS
    assert not node.pool.entries


def test_without_a_rhythm_blocks_are_made_on_demand_alone(node: DevNode) -> None:
    before = node.height
    node.accept(serialize(payment(node, coin(node))))
    assert set(heights(node, seconds=0, until=60)) == {before}
