"""What came of a replay: rounds, drops, incidents, states, and how far the price lay from each source."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from oracle.replay.rounds import Replayed
from oracle.rules.incidents import Ended, Kind
from oracle.rules.quotes import PPM, SourceVerdict, Verdict
from oracle.rules.uses import missing_sources, pauses_of, state_of
from oracle.rules.view import Degraded, PriceView

_HAS_A_PRICE = (Verdict.KEPT, Verdict.DEVIATES, Verdict.SHOWN)


@dataclass(slots=True)
class Spell:
    """Something that lasted from `from_ms` to `to_ms`. `sources`: who was missing then, for states."""

    what: str
    from_ms: int
    to_ms: int
    sources: set[str] = field(default_factory=set)

    @property
    def lasted_ms(self) -> int:
        return self.to_ms - self.from_ms


class Spells(list[Spell]):
    """One after the other: each ends where the next begins."""

    def see(self, time_ms: int, what: str, sources: list[str] | None = None) -> None:
        if self:
            self[-1].to_ms = time_ms
        if not self or self[-1].what != what:
            self.append(Spell(what, time_ms, time_ms))
        self[-1].sources.update(sources or ())


@dataclass(slots=True)
class Event:
    """A halt or a pause. `ended_ms` None: it lasted to the end of the replay."""

    kind: str
    began_ms: int
    reason: str
    from_e8: int | None
    to_e8: int | None
    move_ppm: int
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the price was from a source's, in ppm of that."""

    ppm: int = -1
    time_ms: int = 0
    price_e8: int = 0
    source_e8: int = 0


@dataclass(slots=True)
class SourceFigures:
    """`accepted` is the largest distance of a round's own price; `shown` that of the last price, also where
    the round gave none. Both where the source had a price of its own that was not too old."""

    rounds: Counter[str] = field(default_factory=Counter)
    spells: Spells = field(default_factory=Spells)
    accepted: Distance = Distance()
    shown: Distance = Distance()


class Figures:
    def __init__(self) -> None:
        self.rounds = 0
        self.accepted = 0
        self.refused: Counter[str] = Counter()
        self.first_ms = 0
        self.last_ms = 0
        self.sources: defaultdict[str, SourceFigures] = defaultdict(SourceFigures)
        self.states = Spells()
        self.events: list[Event] = []
        self._view: PriceView | None = None

    def add(self, replayed: Replayed) -> None:
        time_ms, decided, view = replayed.time_ms, replayed.decided, replayed.decided.view
        self._pass_time(time_ms)
        self.first_ms = self.first_ms if self.rounds else time_ms
        self.last_ms = time_ms
        self.rounds += 1
        self._note_incidents(replayed)
        if decided.accepted is not None:
            self.accepted += 1
        else:
            halted = decided.aggregate.refusal is None
            self.refused["HALTED" if halted else str(decided.aggregate.refusal)] += 1
        for verdict in view.verdicts:
            self._note_source(time_ms, verdict, view, is_new=decided.accepted is not None)
        self._note_state(view, time_ms)
        self._view = view

    def end(self, end_ms: int | None) -> None:
        """Nothing more comes; time goes on until then."""
        if self._view is not None and end_ms is not None and end_ms > self.last_ms:
            self._pass_time(end_ms + 1)
            self._note_state(self._view, end_ms)

    def _pass_time(self, until_ms: int) -> None:
        """The state also changes between rounds: a price gets too old, a pause is over."""
        view = self._view
        if view is None:
            return
        moments = [*pauses_of(view, view.round_ms).values(), view.round_ms + view.stale_after_ms + 1]
        if view.last is not None:
            moments.append(view.last.time_ms + view.stale_after_ms + 1)
        for moment_ms in sorted(moments):
            if view.round_ms < moment_ms < until_ms:
                self._note_state(view, moment_ms)

    def _note_state(self, view: PriceView, time_ms: int) -> None:
        state, reason, _ = state_of(view, time_ms)
        missing = missing_sources(view) if reason == Degraded.SOURCES_MISSING else None
        self.states.see(time_ms, f"{state}({reason})" if reason else state.value, missing)

    def _note_incidents(self, replayed: Replayed) -> None:
        if replayed.resumed is not None:
            self._end(replayed.resumed)
        for begun in replayed.decided.begun:
            self.events.append(
                Event(begun.kind, begun.began_ms, begun.reason, begun.from_e8, begun.to_e8, begun.move_ppm)
            )
        for ended in replayed.decided.ended:
            self._end(ended)

    def _end(self, ended: Ended) -> None:
        for event in reversed(self.events):
            if event.kind == ended.kind:
                event.ended_ms = ended.ended_ms
                return

    def longest_ms(self, kind: Kind) -> int:
        """Of the incidents of a kind, one that is still open counted to the end."""
        ends = [
            (event.ended_ms or self.last_ms) - event.began_ms for event in self.events if event.kind == kind
        ]
        return max(ends, default=0)

    def _note_source(self, time_ms: int, verdict: SourceVerdict, view: PriceView, *, is_new: bool) -> None:
        figures = self.sources[verdict.source]
        figures.rounds[verdict.verdict] += 1
        figures.spells.see(time_ms, verdict.verdict)
        if view.last is None or not verdict.price_e8 or verdict.verdict not in _HAS_A_PRICE:
            return
        price_e8, source_e8 = view.last.price_e8, verdict.price_e8
        found = Distance(abs(price_e8 - source_e8) * PPM // source_e8, time_ms, price_e8, source_e8)
        if found.ppm > figures.shown.ppm:
            figures.shown = found
        if is_new and found.ppm > figures.accepted.ppm:
            figures.accepted = found
