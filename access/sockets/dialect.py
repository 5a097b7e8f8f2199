"""The language of a socket's path: what is said on it by itself, how requests are read, and its limits.

Frames that are the same for everybody are made once for each dialect, however many connections speak it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from access.sockets.frames import Frame

if TYPE_CHECKING:
    from access.sockets.connection import Connection

Content = dict[str, object]


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """`controls`: messages a second, and at once. `patience`: refusals for speed a second, and at once,
    before the connection is closed; (0, 0): at the first one. `life_seconds`: then it is closed."""

    subscriptions: int = 50
    controls: tuple[int, int] = (20, 40)
    patience: tuple[int, int] = (1, 100)
    life_seconds: float | None = None


class Dialect(Protocol):
    @property
    def limits(self) -> SocketLimits: ...

    def welcome(self, connection: "Connection") -> Frame | None:
        """The first frame."""
        ...

    async def receive(self, connection: "Connection", text: str) -> None:
        """One message of the client. Never raises."""
        ...

    def answer(self, number: object, result: object) -> Frame: ...

    def refusal(self, number: object, error: Exception) -> Frame:
        """Of what was asked for, whatever went wrong."""
        ...

    def is_refusal(self, error: Exception) -> bool:
        """Else it is a mistake of ours, and is logged."""
        ...

    def heartbeat(self) -> Frame | None: ...

    def notice(self, content: Content) -> Frame | None:
        """What everybody is told, unasked."""
        ...

    def shutdown(self) -> Frame:
        """The last frame when the process ends."""
        ...
