"""The oracle's memory from round to round: the last price, what confirms it, its average, pauses and halt."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from oracle.rules.aggregating import Aggregate, aggregate
from oracle.rules.incidents import Begun, Ended, Kind, PastIncident, PastRound, Prolonged
from oracle.rules.pauses import Pause
from oracle.rules.policy import Breaker, Policy
from oracle.rules.quotes import PPM, Absence, Quote, SourceVerdict
from oracle.rules.twap import TwapWindow
from oracle.rules.view import Band, Halt, PriceView, Refusal


@dataclass(frozen=True, slots=True)
class Decided:
    """One round. `accepted` None: it gave no price, as `aggregate.refusal` or a halt says.

    While the oracle is halted `aggregate` has verdicts and a candidate, but no price. `cumulative` is the sum
    of price x ms up to the last accepted round.
    """

    aggregate: Aggregate
    accepted: Band | None
    begun: tuple[Begun, ...]
    prolonged: tuple[Prolonged, ...]
    ended: tuple[Ended, ...]
    cumulative: int
    view: PriceView


class _Jump(IntEnum):
    """How far the next price may lie from the last: as far as those who resumed may let it."""

    AS_USUAL = 0
    SHORT_OF_A_HALT = 1
    ANY = 2


class PriceTrack:
    """Give it every round in order. They are numbered on from `round_id`; a time before the last price's
    counts as that one."""

    def __init__(self, round_id: int = 0) -> None:
        self.round_id = round_id
        self.last: Band | None = None
        self.halted: Halt | None = None
        self._run: deque[Band] = deque()
        self._refusal: Refusal | None = None
        self._verdicts: tuple[SourceVerdict, ...] = ()
        self._round_ms = 0
        self._twap = TwapWindow()
        self._pauses = {kind: Pause(kind) for kind in (Kind.LIQUIDATIONS_PAUSED, Kind.MINTING_PAUSED)}
        self._jump_once = _Jump.AS_USUAL
        self._simulated = (False, False)  # the last price; the latest round

    def decide(
        self, quotes: Iterable[Quote], absences: Iterable[Absence], policy: Policy, now_ms: int
    ) -> Decided:
        now_ms = now_ms if self.last is None else max(now_ms, self.last.time_ms)
        found = self._aggregate(quotes, absences, policy, now_ms)
        if self.halted is not None:
            found = _without_price(found)
        self.round_id += 1
        self._round_ms, self._verdicts = now_ms, found.verdicts
        self._simulated = (self._simulated[0], found.simulated)
        # First, so that a move after a pause's end begins another one.
        ended = [end for pause in self._pauses.values() if (end := pause.end_by_itself(now_ms))]
        begun: list[Begun] = []
        prolonged: list[Prolonged] = []
        accepted = None
        if found.price_e8 is not None and found.confidence_e8 is not None:
            accepted = Band(found.price_e8, found.confidence_e8, now_ms)
            self._accept(accepted, found.simulated, policy)
            for kind, pause in self._pauses.items():
                change = pause.see(now_ms, found.price_e8, breaker_of(kind, policy))
                if isinstance(change, Begun):
                    begun.append(change)
                elif change is not None:
                    prolonged.append(change)
        else:
            self._refuse(found.refusal)
            if found.refusal is Refusal.JUMP:
                begun.append(self._halt_for_jump(found, now_ms))
        return Decided(
            found,
            accepted,
            tuple(begun),
            tuple(prolonged),
            tuple(ended),
            self._twap.cumulative,
            self.view(policy),
        )

    def _aggregate(
        self, quotes: Iterable[Quote], absences: Iterable[Absence], policy: Policy, now_ms: int
    ) -> Aggregate:
        last_good_e8 = None if self.last is None else self.last.price_e8
        if self.halted is not None or self._jump_once is _Jump.ANY:
            last_good_e8 = None
        elif self._jump_once is _Jump.SHORT_OF_A_HALT:
            policy = replace(policy, accepted_jump_ppm=policy.halting_jump_ppm)
        return aggregate(quotes, policy, now_ms, absences, last_good_e8)

    def view(self, policy: Policy) -> PriceView:
        """As of the latest round."""
        twap_e8, covered_ms = self._twap.value(self._round_ms, policy.twap_window_ms)
        return PriceView(
            self.round_id,
            self._round_ms,
            self.last,
            self._confirming(policy),
            self._refusal,
            self._verdicts,
            twap_e8,
            covered_ms,
            self._pauses[Kind.LIQUIDATIONS_PAUSED].until_ms,
            self._pauses[Kind.MINTING_PAUSED].until_ms,
            self.halted,
            any(self._simulated),
            policy.version,
            policy.stale_after_ms,
            policy.max_deviation_ppm,
        )

    def halt(self, reason: str, now_ms: int) -> Begun | None:
        """By an operator. None where it is halted already."""
        if self.halted is not None:
            return None
        self.halted = Halt(reason, now_ms)
        self._run.clear()
        return Begun(Kind.HALT, now_ms, None, reason)

    def resume(self, now_ms: int) -> Ended | None:
        """The next price is accepted however far it lies from the last: that is what two have looked at.
        Where one may resume, a price that is far enough for a halt halts again."""
        if self.halted is None:
            return None
        self._jump_once = max(self._jump_once, _jump_after(self.halted.needs_two))
        self.halted = None
        return Ended(Kind.HALT, now_ms)

    def end_pause(self, kind: Kind, now_ms: int) -> Ended | None:
        """By an operator. The breaker forgets what it saw, else the same move would trip it again."""
        return self._pauses[kind].end(now_ms)

    @classmethod
    def restore(
        cls,
        rounds: Sequence[PastRound],
        incidents: Iterable[PastIncident],
        policy: Policy,
        round_id: int = 0,
    ) -> "PriceTrack":
        """Goes on where another track was.

        `rounds`: in order, all since `policy.memory_ms` before the last, and the last accepted one before.
        `incidents`: all open ones and those that ended in that time. `round_id`: the highest ever given,
        where no round is left.
        """
        track = cls(round_id)
        incidents = sorted(incidents, key=lambda one: one.begun.began_ms)
        for incident in incidents:
            track._recall_incident(incident)
        for past in rounds:
            track._recall_round(past, policy)
        last_ms = -1 if track.last is None else track.last.time_ms
        resumed = [
            _jump_after(one.begun.needs_two)
            for one in incidents
            if one.begun.kind is Kind.HALT and one.ended_ms is not None and last_ms <= one.ended_ms
        ]
        track._jump_once = max(resumed, default=_Jump.AS_USUAL)
        if track.halted is not None or resumed:
            track._run.clear()
        return track

    def _recall_round(self, past: PastRound, policy: Policy) -> None:
        self.round_id, self._round_ms, self._verdicts = past.round_id, past.time_ms, past.verdicts
        self._simulated = (self._simulated[0], past.simulated)
        if past.price_e8 is None or past.confidence_e8 is None:
            self._refuse(past.refusal)
            return
        band = Band(past.price_e8, past.confidence_e8, past.time_ms)
        self._accept(band, past.simulated, policy, past.cumulative)
        for kind, pause in self._pauses.items():
            pause.recall(past.time_ms, past.price_e8, breaker_of(kind, policy))

    def _recall_incident(self, incident: PastIncident) -> None:
        begun = incident.begun
        if begun.kind is not Kind.HALT:
            self._pauses[begun.kind].recall_incident(incident)
        elif incident.ended_ms is None:
            self.halted = Halt(
                begun.reason, begun.began_ms, begun.from_e8, begun.to_e8, begun.move_ppm, begun.needs_two
            )

    def _accept(self, band: Band, simulated: bool, policy: Policy, cumulative: int | None = None) -> None:
        # A price that went stale before the next came is confirmed by nobody who looks at that one.
        if self.last is not None and band.time_ms - self.last.time_ms > policy.stale_after_ms:
            self._run.clear()
        if self._run and self._run[-1].time_ms == band.time_ms:
            self._run.pop()
        self._run.append(band)
        confirms_ms = band.time_ms - policy.confirm_after_ms
        while len(self._run) > 1 and self._run[1].time_ms <= confirms_ms:
            self._run.popleft()
        self._twap.add(band.time_ms, band.price_e8, cumulative)
        self.last, self._refusal, self._simulated = band, None, (simulated, simulated)
        self._jump_once = _Jump.AS_USUAL

    def _refuse(self, refusal: Refusal | None) -> None:
        self._refusal = refusal
        self._run.clear()

    def _halt_for_jump(self, found: Aggregate, now_ms: int) -> Begun:
        assert self.last is not None
        assert found.candidate_e8 is not None
        from_e8, to_e8 = self.last.price_e8, found.candidate_e8
        jump_ppm = (to_e8 - from_e8) * PPM // from_e8
        self.halted = Halt(Refusal.JUMP.value, now_ms, from_e8, to_e8, jump_ppm, needs_two=True)
        return Begun(Kind.HALT, now_ms, None, Refusal.JUMP.value, from_e8, to_e8, jump_ppm, needs_two=True)

    def _confirming(self, policy: Policy) -> Band | None:
        """The newest price of the unbroken run that is old enough to be a second opinion."""
        if self.last is None or len(self._run) < 2:
            return None
        first = self._run[0]
        return first if first.time_ms <= self.last.time_ms - policy.confirm_after_ms else None


def _jump_after(needs_two: bool) -> _Jump:
    return _Jump.ANY if needs_two else _Jump.SHORT_OF_A_HALT


def breaker_of(kind: Kind, policy: Policy) -> Breaker:
    return policy.liquidations if kind is Kind.LIQUIDATIONS_PAUSED else policy.minting


def _without_price(found: Aggregate) -> Aggregate:
    return Aggregate(
        None,
        None,
        found.refusal,
        found.verdicts,
        found.median_e8,
        found.candidate_e8,
        found.simulated,
    )
