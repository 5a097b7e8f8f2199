"""One answer for all who ask within some seconds: nobody outside can make the house look more often."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cached(Generic[Value]):
    """Of one process. While one thread looks, others get what was found before, if anything was."""

    def __init__(self, seconds: float, look: Callable[[], Value]) -> None:
        self._seconds = seconds
        self._look = look
        self._found: tuple[float, Value] | None = None
        self._looking = threading.Lock()

    def get(self) -> Value:
        found = self._found
        if found is not None and (self._is_fresh(found[0]) or self._looking.locked()):
            return found[1]
        with self._looking:
            if self._found is None or not self._is_fresh(self._found[0]):
                value = self._look()
                self._found = time.monotonic(), value
            return self._found[1]

    def _is_fresh(self, since: float) -> bool:
        return time.monotonic() - since < self._seconds

    def forget(self) -> None:
        self._found = None
