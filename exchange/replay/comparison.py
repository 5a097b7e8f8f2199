"""Holds what we made of a session against what its exchange made of it. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from exchange.engine.types import Side
from exchange.replay.recording import Match, RestingOrder

MAX_DIFFERENCES = 10

Queue = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`summary` is one line for a person; `differences` are the first few, and none where all is equal."""

    summary: str
    differences: list[str] = field(default_factory=list)


def compare_matches(recorded: Sequence[Match], ours: Sequence[Match]) -> Comparison:
    """Maker, taker, price and size of each match, and their order."""
    pairs = list(zip_longest(recorded, ours))
    identical = sum(theirs == mine for theirs, mine in pairs)
    differences = [
        f"match {number}: recorded {_match(theirs)}, ours {_match(mine)}"
        for number, (theirs, mine) in enumerate(pairs, start=1)
        if theirs != mine
    ]
    summary = f"{identical} of {len(recorded)} matches identical"
    return Comparison(summary, differences[:MAX_DIFFERENCES])


def compare_books(recorded: Sequence[RestingOrder], ours: Sequence[RestingOrder]) -> Comparison:
    """Every price's queue: which orders stand in it, in which order, with how much remaining."""
    theirs, mine = _queues(recorded), _queues(ours)
    differences = [
        f"{price[0].name} at {price[1]} ticks: {_queue_difference(theirs[price], mine[price])}"
        for price in sorted({*theirs, *mine})
        if theirs[price] != mine[price]
    ]
    if not differences:
        return Comparison(f"the final book equals the recorded one: {len(ours)} orders at {len(mine)} prices")
    summary = f"the final book differs from the recorded one at {len(differences)} prices"
    return Comparison(summary, differences[:MAX_DIFFERENCES])


def _match(match: Match | None) -> str:
    return "none" if match is None else " ".join(map(str, match))


def _queues(orders: Sequence[RestingOrder]) -> dict[tuple[Side, int], Queue]:
    queues: dict[tuple[Side, int], Queue] = defaultdict(list)
    for order_id, side, price_ticks, remaining_lots in orders:
        queues[side, price_ticks].append((order_id, remaining_lots))
    return queues


def _queue_difference(theirs: Queue, mine: Queue) -> str:
    for place, (recorded, ours) in enumerate(zip_longest(theirs, mine), start=1):
        if recorded != ours:
            return f"place {place} recorded {_place(recorded)}, ours {_place(ours)}"
    raise AssertionError("the queues are equal")


def _place(entry: tuple[str, int] | None) -> str:
    return "none" if entry is None else f"{entry[0]} with {entry[1]} lots"
