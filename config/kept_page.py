"""A page that is made at most once a second in a thread, however many ask for it at once."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from health.examination import FRESH_S

T = TypeVar("T")


class Kept(Generic[T]):
    def __init__(self, make: Callable[[], T], pool: ThreadPoolExecutor) -> None:
        self._make = make
        self._pool = pool
        self._made: asyncio.Future[T] | None = None
        self._begun_at = 0.0

    async def page(self) -> T:
        old = time.monotonic() - self._begun_at > FRESH_S
        if self._made is None or (self._made.done() and old):
            self._begun_at = time.monotonic()
            self._made = asyncio.get_running_loop().run_in_executor(self._pool, self._make)
        return await asyncio.shield(self._made)  # one client that goes away takes it from nobody else
