"""Finds the command that makes a batch fail, so that it stops no other. Pure: no queue, no database.

What failed together is taken one by one; what then fails alone is poison and is refused from then on. A
command that stands in the journal already makes a batch fail too: then the journal is asked first.
"""

from collections.abc import Sequence
from enum import Enum
from uuid import UUID

MAX_POISON = 10_000


class Failure(Enum):
    REPEATED = "repeated"  # a key that is taken: most likely a command that was applied before
    REFUSED = "refused"  # what no row can hold, what the ledger refuses, a bug


class Isolation:
    """`distrust`: the journal is to be asked about every command. `poison`: the commands to be refused."""

    def __init__(self) -> None:
        self.distrust = False
        self._alone = 0
        self._poison: dict[UUID, None] = {}

    @property
    def poison(self) -> frozenset[UUID]:
        return frozenset(self._poison)

    @property
    def searching(self) -> bool:
        """Whether commands are to be taken one by one."""
        return self._alone > 0

    def failed(self, commands: Sequence[UUID], failure: Failure) -> UUID | None:
        """What a batch of these commands did; gives the one that is poison, if it is known by now."""
        first_repeat = failure is Failure.REPEATED and not self.distrust
        self.distrust = failure is Failure.REPEATED
        if first_repeat or not commands:
            return None
        if len(commands) > 1:
            self._alone = len(commands)
            return None
        self._poison[commands[0]] = None
        if len(self._poison) > MAX_POISON:
            del self._poison[next(iter(self._poison))]
        return commands[0]

    def committed(self, number: int) -> None:
        """So many commands of what is looked through are in the journal, or fell away."""
        self._alone = max(self._alone - max(number, 1), 0)

    def trusts_again(self) -> None:
        """What was read from the queue is committed: the next is new."""
        self.distrust = False
