"""Turns what is heard into rounds: each is decided and told at once, and rows are written in batches."""

import time
from collections.abc import Callable

from oracle.inbox import Inbox
from oracle.polling import Polled
from oracle.services.rounds import Pricing
from oracle.sources.shapes import now_ms

FLUSH_S = 0.5


class Pusher:
    """For whoever holds the round lock. Whatever it raises, begin with a new one."""

    def __init__(
        self,
        inbox: Inbox,
        longest_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        clock_ms: Callable[[], int] = now_ms,
    ) -> None:
        self._inbox = inbox
        self._longest_s = longest_s
        self._clock = clock
        self._clock_ms = clock_ms
        self._pricing = Pricing()
        self._flushed_at = self._decided_at = float("-inf")

    def run_once(self) -> bool:
        """One update, if one comes in a moment; and what is due. Says whether a round was decided.

        A round is decided each `longest_s` though nobody says anything: silence is a reason too.
        Raises Overtaken, DatabaseError.
        """
        heard = self._inbox.take(self._until_due())
        now = self._clock()
        if now - self._flushed_at >= FLUSH_S:
            self._flush()
        if heard is None and now - self._decided_at >= self._longest_s:
            heard = self._inbox.known()
        if heard is None:
            return False
        self._decide(heard)
        return True

    def _decide(self, heard: Polled) -> None:
        decided = self._pricing.decide(heard.quotes, heard.absences, self._clock_ms())
        self._decided_at = self._clock()
        if self._pricing.is_urgent(decided):
            self._flush()  # which tells it, as the rows have it
        else:
            self._pricing.publish(decided)

    def _until_due(self) -> float:
        now = self._clock()
        due = min(self._flushed_at + FLUSH_S, self._decided_at + self._longest_s)
        return min(max(due - now, 0.0), FLUSH_S)

    def _flush(self) -> None:
        self._pricing.flush()
        self._flushed_at = self._clock()

    def stop(self) -> None:
        """Write what waits. Raises Overtaken, DatabaseError."""
        if self._pricing.waiting:
            self._flush()
