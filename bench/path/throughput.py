"""The durable path, end to end: queue, an engine's own process, PostgreSQL, committed reply, by batch limit.

A database with funded accounts and a full book is made once; each run gets a copy of it, so that all runs see
the same flow in the same state.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.house import TEMPLATE, Wrong, copied_database, environment, python
from bench.order_flow import TARGET, Totals
from config.embedded.servers import Servers

PREFILL = 2 * TARGET  # by then the book is full
COUNTS = {1: 1_000, 10: 5_000, 100: 20_000, 1_000: 40_000}
LONGEST = PREFILL + max(COUNTS.values())


@dataclass(frozen=True, slots=True)
class Measured:
    """`figures` of each run: commands per second (wall clock), CPU microseconds for each command."""

    batch: int
    count: int
    figures: list[dict[str, float]]

    def median(self, name: str) -> float:
        return median(self.all(name))

    def all(self, name: str) -> list[float]:
        return [figures[name] for figures in self.figures]


def measure(servers: Servers, flow: Path, totals: Sequence[Totals], runs: int) -> Iterator[Measured]:
    """By batch limit. Raises Wrong where what was stored is not what the oracle has."""
    for batch, count in COUNTS.items():
        found = []
        for _ in range(runs):
            with copied_database(servers) as env:
                found.append(measured_run(env, flow, totals, start=PREFILL, count=count, batch=batch))
        yield Measured(batch, count, found)


def prepare(servers: Servers, flow: Path, totals: Sequence[Totals], prefill: int = PREFILL) -> None:
    """Fill the template: the market, its accounts, and the flow's first commands."""
    env = environment(servers, TEMPLATE)
    python(env, "manage.py", "migrate", "--verbosity", "0")
    python(env, "-m", "bench.path.stage")
    measured_run(env, flow, totals, start=0, count=prefill, batch=1_000)


def measured_run(
    env: Mapping[str, str],
    flow: Path,
    totals: Sequence[Totals],
    *,
    start: int,
    count: int,
    batch: int,
    rate: int = 0,
) -> dict[str, float]:
    """Figures of one run; with a `rate`, commands are offered at so many a second, whatever comes of them."""
    numbers = ("--start", start, "--count", count, "--batch", batch, "--rate", rate)
    result: dict[str, Any] = json.loads(
        python(env, "-m", "bench.path.run", str(flow), *[str(one) for one in numbers])
    )
    expected = list(totals[start + count - 1])
    if result["totals"] != expected or result["problems"]:
        raise Wrong(f"batch {batch}: {result['totals']} for {expected}; {result['problems']}")
    figures: dict[str, float] = result["figures"]
    return figures
