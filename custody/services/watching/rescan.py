"""Reads blocks again from some height to where the chain is told: for what was not watched at their time.

What is known stays as it is, so nothing is credited twice; what is found the reviews take from there.
"""

from collections.abc import Callable

from custody.chains.source import ChainSource
from custody.models import ChainBlock
from custody.services.position import Overtaken, read_position, telling
from custody.services.watching.branches import BLOCKS_AT_ONCE, SourceMoved, fetch
from custody.services.watching.facts import connect

ATTEMPTS = 100  # a watcher that tells something meanwhile makes a batch begin anew


def rescan(source: ChainSource, from_height: int, progress: Callable[[int], None] = lambda _: None) -> int:
    """How many blocks were read. Raises ChainFailure, Overtaken where a watcher never lets it through."""
    source.check()
    start = height = max(0, from_height)
    while height <= (top := read_position().height):
        _read(source, height, min(top, height + BLOCKS_AT_ONCE - 1))
        height = min(top, height + BLOCKS_AT_ONCE - 1) + 1
        progress(height - 1)
    return height - start


def _read(source: ChainSource, first: int, last: int) -> None:
    for _ in range(ATTEMPTS):
        position = read_position()
        blocks = fetch(source, first - 1, _hash_before(source, first), last)
        told = dict(ChainBlock.objects.filter(height__gte=first).values_list("height", "block_hash"))
        if any(told.get(one.height, one.block_hash) != one.block_hash for one in blocks):
            raise SourceMoved("it has other blocks than those that were told")
        try:
            with telling(position):
                connect(blocks)
        except Overtaken:
            continue
        return
    raise Overtaken


def _hash_before(source: ChainSource, first: int) -> str:
    return (source.block_hash(first - 1) or "") if first else ""
