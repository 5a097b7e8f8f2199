"""Blocks by themselves: while transactions wait, and until they are deep enough for everybody."""

import time
from collections.abc import Callable

from custody.dev_chain.node import DevNode

DEEP_BLOCKS = 6


class Rhythm:
    """A block each `seconds` while there is a reason; with 0 there never is one."""

    def __init__(self, node: DevNode, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._node = node
        self._seconds = seconds
        self._clock = clock
        self._blocks_due = 0
        self._due_at = 0.0

    def turn(self) -> bool:
        """Whether it mined one."""
        if not self._seconds:
            return False
        if self._node.pool.entries:
            if not self._blocks_due:
                self._due_at = self._clock() + self._seconds
            self._blocks_due = DEEP_BLOCKS
        if not self._blocks_due or self._clock() < self._due_at:
            return False
        self._node.mine()
        self._blocks_due -= 1
        self._due_at = self._clock() + self._seconds
        return True
