"""One breaker's pause: it begins with a trip, is prolonged by the next, and ends with its cooldown."""

from oracle.rules.breakers import MoveWindow
from oracle.rules.incidents import Begun, Ended, Kind, PastIncident, Prolonged
from oracle.rules.policy import Breaker


class Pause:
    """`until_ms` is 0 where there is none. At `until_ms` itself it is over."""

    __slots__ = ("_forgotten_ms", "_kind", "_window", "until_ms")

    def __init__(self, kind: Kind) -> None:
        self.until_ms = 0
        self._kind = kind
        self._window = MoveWindow()
        self._forgotten_ms = -1

    def see(self, now_ms: int, price_e8: int, breaker: Breaker) -> Begun | Prolonged | None:
        trip = self._window.add(now_ms, price_e8, breaker)
        if trip is None:
            return None
        is_new, self.until_ms = not self.until_ms, now_ms + breaker.cooldown_ms
        if not is_new:
            return Prolonged(self._kind, self.until_ms)
        reason = f"more than {breaker.move_ppm} ppm within {breaker.window_ms} ms"
        return Begun(self._kind, now_ms, self.until_ms, reason, trip.from_e8, trip.to_e8, trip.move_ppm)

    def end_by_itself(self, now_ms: int) -> Ended | None:
        if not self.until_ms or now_ms < self.until_ms:
            return None
        ended, self.until_ms = Ended(self._kind, self.until_ms), 0
        return ended

    def end(self, now_ms: int) -> Ended | None:
        if not self.until_ms:
            return None
        self.until_ms = 0
        self._window.clear()
        return Ended(self._kind, now_ms)

    def recall(self, time_ms: int, price_e8: int, breaker: Breaker) -> None:
        """A price of the past, whose trip is known already."""
        if time_ms > self._forgotten_ms:
            self._window.add(time_ms, price_e8, breaker)

    def recall_incident(self, incident: PastIncident) -> None:
        if incident.ended_ms is None:
            self.until_ms = incident.begun.until_ms or 0
        elif incident.by_operator:
            self._forgotten_ms = max(self._forgotten_ms, incident.ended_ms)
