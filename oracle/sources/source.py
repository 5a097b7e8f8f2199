"""The one shape of every source, and how one fails."""

from collections.abc import AsyncGenerator
from typing import Protocol

from oracle.rules.quotes import Absent, Quote


class SourceFailure(Exception):
    """Asked, and gave no quote. `retry_after_s`: it wants to be left alone for so long."""

    def __init__(self, reason: Absent, detail: str = "", *, retry_after_s: int = 0) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.retry_after_s = retry_after_s


class Source(Protocol):
    """Made once for a process and used in one event loop. `name` is `kind:pair`, as the settings say it."""

    name: str
    base: str
    currency: str

    async def fetch(self) -> Quote:
        """Ask now. Raises SourceFailure and nothing else; bounds its own time and the size of the answer."""
        ...

    async def close(self) -> None: ...


class Stream(Protocol):
    """A source that tells by itself."""

    name: str
    base: str
    currency: str

    def quotes(self) -> AsyncGenerator[Quote, None]:
        """Endless. Raises SourceFailure when the connection is lost; who listens begins again."""
        ...

    async def close(self) -> None: ...
