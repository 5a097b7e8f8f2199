"""`aggregate` of ten sources beside the median, filter and quartiles that anybody would write: CPU time."""

import statistics
import time
from collections.abc import Callable, Sequence

from bench.house import Wrong
from bench.oracle.quoting import POLICY, quotes_at
from oracle.rules import Quote, aggregate

ROUNDS = 2_000
NOW_MS = 1_700_000_000_000
PEER = "statistics.median twice and quantiles, on floats"
LACKS = "ages, bounds, currencies, verdicts, weights and exact integers"


def measured(work: Callable[[Sequence[Quote]], object]) -> float:
    """Microseconds a call, of CPU time."""
    given = [quotes_at(step, NOW_MS - 500) for step in range(100)]
    for quotes in given:
        work(quotes)
    began = time.process_time_ns()
    for number in range(ROUNDS):
        work(given[number % len(given)])
    return (time.process_time_ns() - began) / ROUNDS / 1_000


def ours(quotes: Sequence[Quote]) -> object:
    return aggregate(quotes, POLICY, NOW_MS)


def peer(quotes: Sequence[Quote]) -> tuple[float, float]:
    rates = [quote.price_e8 / 1e8 for quote in quotes if quote.base == "USDT"]
    rate = statistics.median(rates)
    prices = [
        quote.price_e8 / 1e8 * (rate if quote.currency == "USDT" else 1.0)
        for quote in quotes
        if quote.base == "BTC"
    ]
    middle = statistics.median(prices)
    kept = [price for price in prices if abs(price - middle) <= 0.02 * middle]
    low, _, high = statistics.quantiles(kept, method="inclusive")
    return statistics.median(kept), (high - low) / 2


def check() -> None:
    """Both give the same price, to a cent."""
    for step in range(100):
        quotes = quotes_at(step, NOW_MS - 500)
        found = aggregate(quotes, POLICY, NOW_MS)
        if found.price_e8 is None or abs(found.price_e8 / 1e8 - peer(quotes)[0]) > 0.01:
            raise Wrong(f"aggregate gave {found.price_e8} where {PEER} gave {peer(quotes)[0]}")
