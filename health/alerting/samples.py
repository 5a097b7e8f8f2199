"""Samples out of a page of metrics, and by how much counters grew from page to page. It asks nobody.

What counters grew by is kept for each vector that an alert looks at, not for each series: few numbers.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from health.alerting.vectors import Increase, Labels, Values

UP = "up"  # what a scrape of Prometheus's adds by itself
FORGOTTEN_S = 3_600  # a series that is away for so long has ended
LONGEST_WINDOW_S = 3_600
MAX_STEPS = 1_000
_NAME = re.compile(r"[{ ]")

Series = dict[str, list[tuple[Mapping[str, str], float]]]


def read_page(text: str, wanted: Iterable[str]) -> Series:
    """The samples of the metrics that are wanted, whatever else is on the page."""
    names = set(wanted)
    # The parser is slow and a page has thousands of lines, so it gets those that count.
    chosen = (line for line in text.splitlines() if _NAME.split(line, 1)[0] in names)
    found: Series = {UP: [({"job": "ballast"}, 1.0)]}
    for family in text_string_to_metric_families("\n".join(chosen) + "\n"):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


class Step(msgspec.Struct, frozen=True):
    """What counters grew by until `at_s`: by vector, and by its labels."""

    at_s: float
    grown: dict[str, list[tuple[Labels, float]]]


class Memory(msgspec.Struct):
    """What is known from turn to turn. `last`: of each series (by a hash) its value and when it was seen."""

    last: dict[int, tuple[float, float]] = {}
    steps: list[Step] = []
    is_fresh: bool = True  # it has seen no page yet: what counters say now happened before


def advance(memory: Memory, series: Series, vectors: Sequence[Increase], now_s: float) -> Memory:
    """With one more page."""
    last = {key: seen for key, seen in memory.last.items() if now_s - seen[1] < FORGOTTEN_S}
    grown: dict[str, list[tuple[Labels, float]]] = {}
    for vector in vectors:
        sums: Values = {}
        for labels, value in series.get(vector.selector.metric, ()):
            if vector.selector.holds(labels):
                before = memory.last.get(_key(vector.selector.metric, labels))
                added = _added(before, value, is_fresh=memory.is_fresh)
                if added:
                    group = vector.group(labels)
                    sums[group] = sums.get(group, 0.0) + added
        if sums:
            grown[vector.promql()] = list(sums.items())
    for metric in {vector.selector.metric for vector in vectors}:
        for labels, value in series.get(metric, ()):
            last[_key(metric, labels)] = (value, now_s)
    kept = [step for step in memory.steps if now_s - step.at_s < LONGEST_WINDOW_S]
    steps = [*kept, Step(now_s, grown)][-MAX_STEPS:] if grown else kept
    return Memory(last, steps, is_fresh=False)


def _added(before: tuple[float, float] | None, value: float, *, is_fresh: bool) -> float:
    if before is None:
        return 0.0 if is_fresh else value
    return value - before[0] if value >= before[0] else value  # its process began anew


def _key(metric: str, labels: Mapping[str, str]) -> int:
    text = msgspec.json.encode([metric, sorted(labels.items())])
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest())


class Looked:
    """One page with what is remembered: what conditions are asked of."""

    def __init__(self, series: Series, memory: Memory | None, now_s: float) -> None:
        self._series = series
        self._memory = memory
        self._now_s = now_s

    def series(self, metric: str) -> Iterable[tuple[Mapping[str, str], float]]:
        return self._series.get(metric, ())

    def knows(self, metric: str) -> bool:
        return metric in self._series

    def grown(self, vector: Increase) -> Values | None:
        """None: there is no memory. Groups that have samples and did not grow are there with 0."""
        if self._memory is None:
            return None
        found: Values = {
            vector.group(labels): 0.0
            for labels, _ in self.series(vector.selector.metric)
            if vector.selector.holds(labels)
        }
        name = vector.promql()
        for step in self._memory.steps:
            if self._now_s - step.at_s <= vector.window_s:
                for labels, added in step.grown.get(name, ()):
                    found[labels] = found.get(labels, 0.0) + added
        return found
