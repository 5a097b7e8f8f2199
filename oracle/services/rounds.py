"""Decides rounds and writes them: one process at a time, each step whole or not at all.

A round is decided on what the rows say (policy, sources, incidents), written in one transaction with its
minute and its incidents, and told to everybody after the commit. What a process remembers saves reading only.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from oracle.meters import note_round
from oracle.models import Current, Incident
from oracle.rules.encoding import encode_view
from oracle.rules.policy import Policy
from oracle.rules.quotes import Absence, Quote
from oracle.rules.track import Decided, PriceTrack
from oracle.services.current import (
    announced_round,
    keep_view,
    latest_ms,
    lock_current,
    newest_incident_id,
    open_incidents,
    publish_price,
    with_incidents,
)
from oracle.services.history import write_rounds
from oracle.services.incidents import begin_incident, end_incident, prolong_incident
from oracle.services.past import latest_end_ms, restored_track
from oracle.services.terms import policy_in_force

MAX_WAITING = 500
MAX_AHEAD_MS = 5_000  # how far the clocks of two machines may be apart

_Incidents = dict[str, Incident]  # the open ones by kind
_Known = tuple[int, dict[str, tuple[int, int | None]]]  # the newest there ever was; the open ones


class Overtaken(Exception):
    """Somebody else has made rounds meanwhile: what was decided here without them is dropped."""


class Pricing:
    """Of one process, for whoever holds the `round_lock`.

    Either `run_round`, which decides and writes; or, for a stream of updates, `decide` in memory, `publish`,
    and `flush` each half second, which writes them and hears what operators have done. Begin with a flush.
    Whatever is raised: what waited is lost, and the next flush begins from the rows.
    """

    def __init__(self) -> None:
        self._policy = Policy()
        self._track: PriceTrack | None = None
        self._known: _Known = (0, {})
        self._waiting: list[Decided] = []
        self._committed_id = self._told_id = 0
        self._not_before_ms = self._ended_ms = 0

    @property
    def waiting(self) -> int:
        """How many rounds are not written yet."""
        return len(self._waiting)

    def run_round(self, quotes: Iterable[Quote], absences: Iterable[Absence], now_ms: int) -> Decided:
        """Decide, commit, tell. Raises DatabaseError."""
        with self._committing() as (current, incidents):
            decided = self.decide(quotes, absences, now_ms)
            self._write(current, incidents)
        return decided

    def decide(self, quotes: Iterable[Quote], absences: Iterable[Absence], now_ms: int) -> Decided:
        """In memory. Its time is never before that of an earlier round, or of what an operator has ended."""
        assert self._track is not None, "flush() comes first"
        if self._ended_ms - now_ms <= MAX_AHEAD_MS:
            now_ms = max(now_ms, self._ended_ms + 1)
        now_ms = self._not_before_ms = max(now_ms, self._not_before_ms)
        decided = self._track.decide(quotes, absences, self._policy, now_ms)
        self._waiting.append(decided)
        note_round(decided)
        return decided

    def is_urgent(self, decided: Decided) -> bool:
        """Whether to flush before it is told: a halt or a pause must hold once somebody has heard of it."""
        return bool(decided.begun or decided.ended) or len(self._waiting) >= MAX_WAITING

    def publish(self, decided: Decided) -> None:
        """Blocks on Redis; never raises for its absence."""
        publish_price(encode_view(decided.view))
        self._told_id = decided.view.round_id

    def flush(self) -> int:
        """Write what waits, and read what has changed. Gives how many rounds it wrote.

        Raises Overtaken, DatabaseError.
        """
        count = len(self._waiting)
        with self._committing():
            pass
        return count

    @contextmanager
    def _committing(self) -> Iterator[tuple[Current, _Incidents]]:
        """With the current price locked, so the open incidents stay what they are."""
        try:
            with transaction.atomic():
                current = lock_current()
                incidents = self._catch_up(current)
                yield current, incidents
                self._committed_id = current.round_id
        except BaseException:
            self._track, self._known, self._waiting = None, (0, {}), []
            raise

    def _catch_up(self, current: Current) -> _Incidents:
        """Write what was decided since the last commit, and take in what others have done."""
        is_ours = self._track is not None and current.round_id == self._committed_id
        if self._waiting and not is_ours:
            raise Overtaken
        policy, incidents, newest_id = policy_in_force(), open_incidents(), newest_incident_id()
        is_known = is_ours and _known(incidents, newest_id) == self._known
        remembers = policy.memory_ms <= self._policy.memory_ms
        self._write(current, incidents)
        self._policy = policy
        if not is_known or not remembers:
            self._begin_anew(current)
            self._known = _known(incidents, newest_id)
        return incidents

    def _begin_anew(self, current: Current) -> None:
        track = restored_track(self._policy)
        # Numbers that were told but never committed are not told again for something else.
        track.round_id = max(track.round_id, current.round_id, announced_round(current.round_id))
        self._track = track
        self._not_before_ms, self._ended_ms = latest_ms(current), latest_end_ms()

    def _write(self, current: Current, incidents: _Incidents) -> None:
        if not self._waiting:
            return
        write_rounds(self._waiting)
        for decided in self._waiting:
            _apply(decided, incidents)
        last = self._waiting[-1].view
        view = with_incidents(last, incidents)
        keep_view(current, view, tell=view != last or self._told_id != last.round_id)
        self._known = _known(incidents, self._known[0])
        self._waiting = []


def _known(incidents: Mapping[str, Incident], newest_id: int) -> _Known:
    """With the newest, for one may have begun and ended between two rounds."""
    found = {kind: (one.pk, one.until_ms) for kind, one in incidents.items()}
    return max([newest_id, *(pk for pk, _ in found.values())]), found


def _apply(decided: Decided, incidents: _Incidents) -> None:
    """What the round ended and began, where nobody has done so already."""
    for ended in decided.ended:
        if ended.kind in incidents:
            end_incident(incidents.pop(ended.kind), ended_ms=ended.ended_ms)
    for begun in decided.begun:
        if begun.kind not in incidents:
            incidents[begun.kind] = begin_incident(begun)
    for prolonged in decided.prolonged:
        if prolonged.kind in incidents:
            prolong_incident(incidents[prolonged.kind], until_ms=prolonged.until_ms)
