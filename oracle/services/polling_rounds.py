"""One round of polling: ask all sources, decide, write, tell. Skipped where another round is under way."""

import time
from collections.abc import Callable
from functools import cache

from oracle.meters import note_skipped
from oracle.polling import Polled
from oracle.services.round_lock import round_lock
from oracle.services.rounds import Pricing

NS_PER_MS = 1_000_000


@cache
def pricing_of_this_process() -> Pricing:
    """Whoever holds the round lock uses it alone."""
    return Pricing()


def poll_round(ask: Callable[[], Polled], *, pricing: Pricing | None = None) -> bool:
    """Whether a round was made. What is late is skipped, never queued. `ask` blocks for a bounded time."""
    with round_lock() as is_ours:
        if not is_ours:
            note_skipped()
            return False
        polled = ask()
        now_ms = time.time_ns() // NS_PER_MS
        (pricing or pricing_of_this_process()).run_round(polled.quotes, polled.absences, now_ms)
        return True
