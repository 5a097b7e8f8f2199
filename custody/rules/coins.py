"""Which coins a spend takes: an exact match that leaves no change where there is one, else the fewest.

Pure and deterministic: the same candidates give the same choice. All coins are of one wallet, so that each
input is as large as the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

TRIES = 20_000  # of the search for an exact match; about 20 ms


@dataclass(frozen=True, slots=True)
class Candidate:
    coin_id: int
    value_sats: int


@dataclass(frozen=True, slots=True)
class Aim:
    """What the coins are for. `fee(inputs, with_change)` is the least that the transaction pays its miner.

    Change below `least_change_sats` is not made: it goes to the miner, who may get at most `spare_sats` that
    way where an exact match is looked for.
    """

    target_sats: int
    fee: Callable[[int, bool], int]
    least_change_sats: int
    spare_sats: int
    most_inputs: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Coins, and what becomes of their sum beyond the target. `change_sats` 0: no change is made."""

    coin_ids: tuple[int, ...]
    fee_sats: int
    change_sats: int


def choose(candidates: Sequence[Candidate], aim: Aim, must: Sequence[Candidate] = ()) -> Choice | None:
    """The coins to spend; None where they do not suffice.

    `must` are spent in any case, come first, and have no company where they suffice.
    """
    if must and _suffices(must, aim):
        return _choice(must, aim)
    free = sorted(candidates, key=lambda one: (-one.value_sats, one.coin_id))
    chosen = _exact(free, aim, must) or _fewest(free, aim, must)
    return _choice(chosen, aim) if chosen is not None else None


def settle_sum(sum_sats: int, inputs: int, aim: Aim) -> tuple[int, int] | None:
    """(fee, change) of `inputs` coins worth `sum_sats`; None where they do not reach the target."""
    change = sum_sats - aim.target_sats - aim.fee(inputs, True)
    if change >= aim.least_change_sats:
        return aim.fee(inputs, True), change
    left = sum_sats - aim.target_sats
    return (left, 0) if left >= aim.fee(inputs, False) else None


def _choice(chosen: Sequence[Candidate], aim: Aim) -> Choice:
    settled = settle_sum(sum(one.value_sats for one in chosen), len(chosen), aim)
    assert settled is not None, "coins were chosen that do not suffice"
    return Choice(tuple(one.coin_id for one in chosen), *settled)


def _exact(free: Sequence[Candidate], aim: Aim, must: Sequence[Candidate]) -> tuple[Candidate, ...] | None:
    """Branch and bound, depth first, larger coins first: coins whose sum meets the target and its fee and
    leaves at most `spare_sats`."""
    rest = [0] * (len(free) + 1)
    for at in range(len(free) - 1, -1, -1):
        rest[at] = rest[at + 1] + free[at].value_sats
    began = sum(one.value_sats for one in must)
    stack: list[tuple[int, int, tuple[int, ...]]] = [(0, began, ())]
    for _ in range(TRIES):
        if not stack:
            return None
        at, value, taken = stack.pop()
        inputs = len(must) + len(taken)
        needed = aim.target_sats + aim.fee(inputs, False)
        if inputs and needed <= value <= needed + aim.spare_sats:
            return (*must, *(free[index] for index in taken))
        if value > needed + aim.spare_sats or value + rest[at] < needed:
            continue
        if at < len(free):
            stack.append((at + 1, value, taken))
            if inputs < aim.most_inputs:
                stack.append((at + 1, value + free[at].value_sats, (*taken, at)))
    return None


def _fewest(free: Sequence[Candidate], aim: Aim, must: Sequence[Candidate]) -> tuple[Candidate, ...] | None:
    """Largest first until they suffice, and then the smallest in place of the last one that still does."""
    chosen = list(must)
    for at, one in enumerate(free):
        if len(chosen) >= aim.most_inputs:
            return None
        if _suffices([*chosen, one], aim):
            last = min(
                (other for other in free[at:] if _suffices([*chosen, other], aim)),
                key=lambda other: (other.value_sats, other.coin_id),
            )
            return (*chosen, last)
        chosen.append(one)
    return None


def _suffices(coins: Sequence[Candidate], aim: Aim) -> bool:
    return settle_sum(sum(one.value_sats for one in coins), len(coins), aim) is not None
