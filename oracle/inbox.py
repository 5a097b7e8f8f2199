"""What sources said last, between the loop that hears them and the thread that decides. Holds no history."""

import threading

from oracle.polling import Polled
from oracle.rules.quotes import Absence, Quote


class Inbox:
    """The newest word of each source. Who decides slowly misses what was replaced; nothing piles up."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._said: dict[str, Quote | Absence] = {}
        self._is_new = False

    def put(self, said: Quote | Absence) -> None:
        with self._changed:
            self._said[said.source] = said
            self._is_new = True
            self._changed.notify()

    def put_all(self, polled: Polled) -> None:
        for quote in polled.quotes:
            self.put(quote)
        for absence in polled.absences:
            self.put(absence)

    def take(self, patience_s: float) -> Polled | None:
        """Everything that is known, as soon as something is new; None where nothing was in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_new, patience_s):
                return None
            self._is_new = False
            return self._known()

    def known(self) -> Polled:
        with self._changed:
            return self._known()

    def _known(self) -> Polled:
        said = self._said.values()
        return Polled(
            tuple(one for one in said if isinstance(one, Quote)),
            tuple(one for one in said if isinstance(one, Absence)),
        )
