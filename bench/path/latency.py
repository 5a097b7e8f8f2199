"""The durable path under an open load: from the moment a command was due to be sent to its committed reply.

Commands are offered at a fixed rate by the clock, not when the one before has been answered, so that a stall
counts for all who waited behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.house import copied_database
from bench.order_flow import Totals
from bench.path.throughput import PREFILL, measured_run
from config.embedded.servers import Servers

RATES = (1_000, 2_500, 5_000, 10_000, 20_000)
SECONDS = 3
LONGEST = PREFILL + max(RATES) * SECONDS
PERCENTILES = ("p50_ms", "p99_ms", "p999_ms")


@dataclass(frozen=True, slots=True)
class Measured:
    rate: int
    figures: list[dict[str, float]]

    def median(self, name: str) -> float:
        return median(figures[name] for figures in self.figures)


def measure(servers: Servers, flow: Path, totals: Sequence[Totals], runs: int) -> Iterator[Measured]:
    for rate in RATES:
        found = []
        for _ in range(runs):
            with copied_database(servers) as env:
                found.append(
                    measured_run(
                        env, flow, totals, start=PREFILL, count=rate * SECONDS, batch=1_000, rate=rate
                    )
                )
        yield Measured(rate, found)
