"""Times at which something is due, the earliest first. Says when, never what happens then.

An entry that is no longer wanted is dropped when it comes to the top, or when entries have doubled; so
nobody who cancels has to search here.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

FEWEST_TO_PRUNE = 1024


class Timers:
    """`wanted` says of an entry (due_ns, key) whether it still stands. Keys must be comparable."""

    __slots__ = ("_heap", "_most", "_wanted")

    def __init__(self, wanted: Callable[[int, Any], bool]) -> None:
        self._heap: list[tuple[int, Any]] = []
        self._most = FEWEST_TO_PRUNE
        self._wanted = wanted

    def add(self, due_ns: int, key: Any) -> None:
        # Pruned before the new entry is there: what it stands for may exist only when this has returned.
        if len(self._heap) >= self._most:
            self._heap = [entry for entry in self._heap if self._wanted(*entry)]
            heapify(self._heap)
            self._most = max(FEWEST_TO_PRUNE, 2 * len(self._heap))
        heappush(self._heap, (due_ns, key))

    def next_ns(self) -> int:
        """0: nothing is ever due."""
        heap = self._heap
        while heap and not self._wanted(*heap[0]):
            heappop(heap)
        return heap[0][0] if heap else 0

    def pop_due(self, now_ns: int) -> Any | None:
        """The key of the earliest entry that is due, or None. The caller makes it unwanted."""
        due_ns = self.next_ns()
        return heappop(self._heap)[1] if 0 < due_ns <= now_ns else None
