"""Sources that do what a test tells them, and a clock that it moves."""

import asyncio
from collections.abc import Awaitable, Callable

from oracle.rules.quotes import Quote

Answer = Callable[[], Awaitable[Quote]]


class Clock:
    """Seconds; `ms` the same in milliseconds."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def ms(self) -> int:
        return round(self.now * 1000)


class Scripted:
    """Answers with what stands in `answer`: a quote, an exception to raise, or a future to wait for."""

    def __init__(self, name: str, answer: "Quote | Exception | asyncio.Future[Quote] | None" = None) -> None:
        self.name = name
        self.base = "BTC"
        self.currency = "USD"
        self.answer = answer
        self.asked = 0
        self.closed = 0

    async def fetch(self) -> Quote:
        self.asked += 1
        answer = self.answer
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, asyncio.Future):
            return await asyncio.shield(answer)
        assert answer is not None
        return answer

    async def close(self) -> None:
        self.closed += 1


def quote(name: str, dollars: int = 60_000, time_ms: int = 1_000_000) -> Quote:
    return Quote(name, "BTC", "USD", dollars * 10**8, time_ms)
