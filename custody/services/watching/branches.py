"""Finds how a source's chain goes on from what was told, or where it forks off, and fetches those blocks.

Asks the source and reads; nothing is written here, and no transaction is open meanwhile.
"""

from dataclasses import dataclass

from custody.chains.source import ChainFailure, ChainSource, ChainUnfit, SourceState, Unfit
from custody.models import ChainBlock, ChainPosition
from custody.services.watching.facts import Linked
from custody.services.watching.matching import Matcher

BLOCKS_AT_ONCE = 50
BEFORE_THE_TIP = 6  # where a new installation begins


class SourceMoved(ChainFailure):
    """What the source says now does not go with what it said before: its chain has changed, or it lies."""


@dataclass(frozen=True, slots=True)
class Branch:
    """`blocks` follow the one at `fork_height`, to which what was told is true."""

    fork_height: int
    blocks: tuple[Linked, ...]


def beginning(source: ChainSource, state: SourceState, start_height: int | None) -> Linked | None:
    """The block before the first that is looked at; None: everything is."""
    first = max(0, state.height - BEFORE_THE_TIP) if start_height is None else start_height
    if first == 0:
        return None
    block_hash = source.block_hash(first - 1)
    if block_hash is None:
        raise SourceMoved(f"the chain ends before height {first}, where it is to be looked at")
    block = source.block(block_hash)
    return Linked(first - 1, block.hash, block.time, Matcher().concern_of((), ()))


def next_branch(source: ChainSource, position: ChainPosition, state: SourceState) -> Branch | None:
    """None where nothing is new. A branch that replaces told blocks is at least as long as they are, so that
    one transaction takes from one tip to the other."""
    fork_height, fork_hash = _fork(source, position)
    if state.height < position.height:
        # Chains with more work are longer but for the rarest; a node that is behind takes nothing back.
        raise ChainUnfit(Unfit.SYNCING, f"its tip {state.height} is below {position.height}, told before")
    target = min(state.height, max(position.height, fork_height + BLOCKS_AT_ONCE))
    if fork_height == target:
        return None
    return Branch(fork_height, fetch(source, fork_height, fork_hash, target))


def fetch(source: ChainSource, fork_height: int, fork_hash: str, target: int) -> tuple[Linked, ...]:
    """The blocks above `fork_height` to `target`, each linked to the one before it."""
    matcher, blocks, previous = Matcher(), [], fork_hash
    for height in range(fork_height + 1, target + 1):
        block_hash = source.block_hash(height)
        if block_hash is None:
            raise SourceMoved(f"there is no block at {height} any more")
        block = source.block(block_hash)
        if previous and block.previous_hash != previous:
            raise SourceMoved(f"the block at {height} does not follow the one before it")
        concern = matcher.concern_of(block.txids, block.transactions)
        blocks.append(Linked(height, block_hash, block.time, concern))
        previous = block_hash
    return tuple(blocks)


def _fork(source: ChainSource, position: ChainPosition) -> tuple[int, str]:
    """The highest told block that the source has, too, and its hash."""
    if position.height < 0 or source.block_hash(position.height) == position.block_hash:
        return position.height, position.block_hash
    told = ChainBlock.objects.filter(height__lt=position.height).order_by("height")
    known = list(told.values_list("height", "block_hash"))
    shared, apart = -1, len(known)  # of their places in the list: those that agree come first
    while apart - shared > 1:
        middle = (shared + apart) // 2
        height, block_hash = known[middle]
        if source.block_hash(height) == block_hash:
            shared = middle
        else:
            apart = middle
    if shared < 0:
        raise ChainUnfit(Unfit.DISAGREE, "it has none of the blocks that were told")
    return known[shared]
