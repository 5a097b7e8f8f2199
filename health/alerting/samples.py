"""Samples out of a page of metrics, and by how much counters grew from page to page. It asks nobody.

What counters grew by is kept for each vector that an alert looks at, not for each series: few numbers.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from health.alerting.vectors import Increase, Labels, Selector, Values

UP = "up"  # what a scrape of Prometheus's adds by itself
FORGOTTEN_S = 3_600  # a series that is away for so long has ended
LONGEST_WINDOW_S = 3_600
MAX_STEPS = 1_000
_NAME = re.compile(r"[{ ]")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


class Sample(NamedTuple):
    """`key` is that of its series, the same in every process."""

    labels: Mapping[str, str]
    value: float
    key: int


Series = dict[str, list[Sample]]


def read_page(text: str, wanted: Iterable[Selector]) -> Series:
    """The samples that one of the selectors may want, whatever else is on the page.

    A page has tens of thousands of lines and is read each quarter of a minute, so by far the most of them are
    passed over by their name and by the plain words of a selector.
    """
    words = _words(wanted)
    found: Series = {UP: [Sample({"job": "ballast"}, 1.0, 0)]}
    for line in text.splitlines():
        name = _NAME.split(line, 1)[0]
        choices = words.get(name)
        if choices is None:
            continue
        samples = found.setdefault(name, [])  # that it is told at all says something, too
        if any(all(word in line for word in choice) for choice in choices):
            sample = _read(line)
            if sample is not None:
                samples.append(sample)
    return found


def _words(wanted: Iterable[Selector]) -> dict[str, set[tuple[str, ...]]]:
    """Of each metric, for each of its selectors, what stands in every line that it wants."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for selector in wanted:
        plain = (one for one in selector.where if len(one.values) == 1 and not one.is_not)
        words = tuple(f'{one.label}="{one.values[0]}' for one in plain)
        found.setdefault(selector.metric, set()).add(words)
    return found


def _read(line: str) -> Sample | None:
    series, _, value = line.rpartition(" ")
    inside = series.partition("{")[2]
    labels = {name: _plain(text) for name, text in _LABEL.findall(inside)}
    try:
        return Sample(labels, float(value), _key(series))
    except ValueError:
        return None


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: {"n": "\n"}.get(found[1], found[1]), text) if "\\" in text else text


def _key(series: str) -> int:
    return int.from_bytes(hashlib.blake2b(series.encode(), digest_size=6).digest())


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
    added: dict[str, list[tuple[Sample, float]]] = {}
    for metric in {vector.selector.metric for vector in vectors}:
        samples = series.get(metric, ())
        growth = ((one, _added(memory.last.get(one.key), one.value, memory.is_fresh)) for one in samples)
        added[metric] = [(one, more) for one, more in growth if more]
        last.update({one.key: (one.value, now_s) for one in samples})
    grown = {vector.promql(): _sums(vector, added[vector.selector.metric]) for vector in vectors}
    step = Step(now_s, {name: list(sums.items()) for name, sums in grown.items() if sums})
    kept = [one for one in memory.steps if now_s - one.at_s < LONGEST_WINDOW_S]
    steps = [*kept, step][-MAX_STEPS:] if step.grown else kept
    return Memory(last, steps, is_fresh=False)


def _sums(vector: Increase, added: Iterable[tuple[Sample, float]]) -> Values:
    sums: Values = {}
    for sample, more in added:
        if vector.selector.holds(sample.labels):
            group = vector.group(sample.labels)
            sums[group] = sums.get(group, 0.0) + more
    return sums


def _added(before: tuple[float, float] | None, value: float, is_fresh: bool) -> float:
    if before is None:
        return 0.0 if is_fresh else value
    return value - before[0] if value >= before[0] else value  # its process began anew


class Looked:
    """One page with what is remembered: what conditions are asked of."""

    def __init__(self, series: Series, memory: Memory | None, now_s: float) -> None:
        self._series = series
        self._memory = memory
        self._now_s = now_s

    def series(self, metric: str) -> Iterable[tuple[Mapping[str, str], float]]:
        return ((one.labels, one.value) for one in self._series.get(metric, ()))

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
