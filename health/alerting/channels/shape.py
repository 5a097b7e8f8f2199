"""The one shape of a channel: it is given items, sends what it can at once, and says what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from health.alerting.messages import Item

SECONDS = 5.0  # for each request
MAX_WORD = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """`taken` of the items, from the first one on, need not be sent again. `error` "" is success; otherwise a
    word of ours: neither what the other side wrote nor where it is. `is_permanent`: a repeat of the next
    `blamed` items (0: of all) will not help."""

    taken: int
    error: str = ""
    is_permanent: bool = False
    wait_s: int = 0
    blamed: int = 0


class Channel(Protocol):
    """`pages_alone`: what is no page is not for it. Any thread may send."""

    @property
    def name(self) -> str: ...
    @property
    def pages_alone(self) -> bool: ...
    def send(self, house: str, items: Sequence[Item]) -> Outcome: ...
