"""A track that is told rounds of one price, and what the tests ask of it."""

from dataclasses import replace

from oracle.rules import Breaker, Decided, Policy, PriceTrack
from oracle.rules.incidents import Begun, Ended, PastIncident, PastRound, Prolonged
from tests.oracle.rules.quoting import NOW, policy_of, quotes_of

PERIOD = 2_000
POLICY = replace(
    policy_of(3),
    liquidations=Breaker(100_000, 60_000, 300_000),
    minting=Breaker(200_000, 600_000, 1_800_000),
)


class Teller:
    """Tells rounds each two seconds, and keeps what rows would keep."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy = policy
        self.track = PriceTrack()
        self.now_ms = NOW
        self.rounds: list[PastRound] = []
        self.incidents: dict[str, PastIncident] = {}
        self.ended: list[PastIncident] = []

    def tell(self, *prices: str, sources: int = 3, after_ms: int = PERIOD) -> Decided:
        """One round for each price, of so many sources. Gives what came of the last."""
        for price in prices:
            self.now_ms += after_ms
            quotes = quotes_of(*[price] * sources, now_ms=self.now_ms)
            decided = self.track.decide(quotes, (), self.policy, self.now_ms)
            self._keep(decided)
        return decided

    def resume(self) -> Ended | None:
        self.now_ms += 1
        ended = self.track.resume(self.now_ms)
        return self._end(ended, by_operator=True)

    def halt(self, reason: str) -> Begun | None:
        self.now_ms += 1
        begun = self.track.halt(reason, self.now_ms)
        if begun is not None:
            self.incidents[begun.kind] = PastIncident(begun)
        return begun

    def end_pause(self, ended: Ended | None) -> Ended | None:
        return self._end(ended, by_operator=True)

    def restored(self) -> PriceTrack:
        since_ms = self.now_ms - self.policy.memory_ms
        before = [one for one in self.rounds if one.time_ms < since_ms and one.price_e8 is not None][-1:]
        rounds = before + [one for one in self.rounds if one.time_ms >= since_ms]
        return PriceTrack.restore(rounds, [*self.ended, *self.incidents.values()], self.policy)

    def _keep(self, decided: Decided) -> None:
        accepted = decided.accepted
        self.rounds.append(
            PastRound(
                decided.view.round_id,
                decided.view.round_ms,
                None if accepted is None else accepted.price_e8,
                None if accepted is None else accepted.confidence_e8,
                decided.aggregate.refusal,
                decided.cumulative,
                decided.aggregate.simulated,
                decided.aggregate.verdicts,
            )
        )
        for ended in decided.ended:
            self._end(ended, by_operator=False)
        for begun in decided.begun:
            assert begun.kind not in self.incidents, "at most one of a kind is open"
            self.incidents[begun.kind] = PastIncident(begun)
        for prolonged in decided.prolonged:
            self._prolong(prolonged)

    def _prolong(self, prolonged: Prolonged) -> None:
        begun = replace(self.incidents[prolonged.kind].begun, until_ms=prolonged.until_ms)
        self.incidents[prolonged.kind] = PastIncident(begun)

    def _end(self, ended: Ended | None, *, by_operator: bool) -> Ended | None:
        if ended is not None:
            begun = self.incidents.pop(ended.kind).begun
            self.ended.append(PastIncident(begun, ended.ended_ms, by_operator))
        return ended
