"""The rounds of a replay: at each recorded time all latest quotes go through the oracle's own track."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from oracle.replay.plan import Plan, Series
from oracle.replay.series import read_series
from oracle.rules.incidents import Ended
from oracle.rules.policy import Policy
from oracle.rules.quotes import Quote
from oracle.rules.track import Decided, PriceTrack


@dataclass(frozen=True, slots=True)
class Replayed:
    """`resumed`: a person has resumed a halt before this round."""

    time_ms: int
    decided: Decided
    resumed: Ended | None = None


@dataclass(slots=True)
class _Latest:
    """What each source said last, and since when it has said so."""

    policy: Policy
    quotes: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def take(self, name: str, time_ms: int, price_e8: int) -> None:
        before = self.quotes.get(name)
        since_ms = before[2] if before is not None and before[1] == price_e8 else time_ms
        self.quotes[name] = (time_ms, price_e8, since_ms)

    def at(self, now_ms: int) -> list[Quote]:
        return [
            Quote(
                name,
                self.policy.sources[name].base,
                self.policy.sources[name].currency,
                price_e8,
                time_ms,
                unchanged_ms=now_ms - since_ms,
            )
            for name, (time_ms, price_e8, since_ms) in self.quotes.items()
        ]


def replay(plan: Plan) -> Iterator[Replayed]:
    """Rounds from `start_ms` to `end_ms`, both included; what was known before the start is known at it.

    Raises ReplayError, after the rounds before the line that is wrong.
    """
    track, latest = PriceTrack(), _Latest(plan.policy)
    for now_ms in _moments(plan, latest):
        resumed = None
        halt = track.halted
        if halt is not None and plan.resume_after_ms and now_ms >= halt.since_ms + plan.resume_after_ms:
            resumed = track.resume(now_ms)
        yield Replayed(now_ms, track.decide(latest.at(now_ms), (), plan.policy, now_ms), resumed)


def _moments(plan: Plan, latest: _Latest) -> Iterator[int]:
    """The times of the rounds. At each, `latest` has taken what was recorded until then."""
    recorded = heapq.merge(*(_named(one) for one in plan.series))
    waiting = next(recorded, None)
    before_ms: int | None = None
    while True:
        moment_ms = _next_ms(before_ms, None if waiting is None else waiting[0], plan)
        if moment_ms is None or (plan.end_ms is not None and moment_ms > plan.end_ms):
            return
        while waiting is not None and waiting[0] <= moment_ms:
            latest.take(waiting[1], waiting[0], waiting[2])
            waiting = next(recorded, None)
        yield moment_ms
        before_ms = moment_ms


def _next_ms(before_ms: int | None, recorded_ms: int | None, plan: Plan) -> int | None:
    if before_ms is None:
        return recorded_ms if plan.start_ms is None else plan.start_ms
    by_the_clock_ms = before_ms + plan.round_ms if plan.round_ms else None
    if recorded_ms is None:
        # Nothing more is recorded: rounds go on to an end that was asked for, and not for ever.
        return by_the_clock_ms if plan.end_ms is not None else None
    return recorded_ms if by_the_clock_ms is None else min(recorded_ms, by_the_clock_ms)


def _named(one: Series) -> Iterator[tuple[int, str, int]]:
    for point in read_series(one.path, one.form):
        yield point.time_ms, one.name, point.price_e8
