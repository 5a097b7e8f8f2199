"""A process that decides, caches and tells one update after the other, and writes them in batches."""

import json
import sys
import time

import django

django.setup()

from bench.oracle.quoting import TERMS, quote_of  # noqa: E402 (Django's settings come first)
from oracle.pushing import FLUSH_S  # noqa: E402
from oracle.services.rounds import Pricing  # noqa: E402


def main(updates: int) -> None:
    """As the push path does: one source has moved, all are aggregated."""
    pricing = Pricing()
    pricing.flush()
    names = list(TERMS)
    quotes = {name: quote_of(name, 0, _now_ms()) for name in names}
    accepted, waits = 0, 0
    began, cpu_began, flushed = time.monotonic(), time.process_time(), time.monotonic()
    for step in range(updates):
        now_ms = _now_ms()
        name = names[step % len(names)]
        quotes[name] = quote_of(name, step // len(names), now_ms)
        decided = pricing.decide(list(quotes.values()), (), now_ms)
        accepted += decided.accepted is not None
        if pricing.is_urgent(decided) or time.monotonic() - flushed >= FLUSH_S:
            pricing.flush()
            flushed = time.monotonic()
            waits += 1
        pricing.publish(decided)
    pricing.flush()
    took, cpu = time.monotonic() - began, time.process_time() - cpu_began
    print(
        json.dumps(
            {
                "per_second": updates / took,
                "cpu_us": cpu / updates * 1e6,
                "accepted": accepted,
                "flushes": waits + 1,
            }
        )
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    main(int(sys.argv[1]))
