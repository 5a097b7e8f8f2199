"""When a source that fails is asked again: later each time, and not before it says so. Asks nobody itself."""

from collections.abc import Callable
from dataclasses import dataclass

from oracle.rules.quotes import Absent
from oracle.sources.source import SourceFailure

FIRST_S = 2.0
LONGEST_S = 60.0
_FASTEST_DOUBLING = 6  # failures after which the longest is reached anyway


@dataclass
class Circuit:
    """Closed until a failure; then open for 2 s, 4 s and so on to a minute, or for as long as it was told.

    Each time is shortened by up to a half by chance, so that many who failed together do not come back so.
    `chance` gives 0 to 1, `clock` seconds that never go back.
    """

    clock: Callable[[], float]
    chance: Callable[[], float]
    failures: int = 0
    _open_until: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.clock() < self._open_until

    def failed(self, failure: SourceFailure) -> None:
        self.failures += 1
        doubled = FIRST_S * 2 ** min(self.failures - 1, _FASTEST_DOUBLING)
        if failure.reason is Absent.NO_PRICE:
            doubled = FIRST_S  # it is there and answers: it may have a price any moment
        wait_s = min(doubled, LONGEST_S) * (1 - self.chance() / 2)
        self._open_until = self.clock() + max(wait_s, failure.retry_after_s)

    def answered(self) -> None:
        self.failures = 0
        self._open_until = 0.0
