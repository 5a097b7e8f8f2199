"""A crash played: every round of the recording goes through the oracle's rules and the scan's own code."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from oracle.errors import NoPrice
from oracle.replay.plan import Plan
from oracle.replay.rounds import Replayed, replay
from oracle.rules import liquidation_price
from vaults.rules.accumulator import RAY, rate_after
from vaults.rules.figures import Figures
from vaults.rules.statuses import VaultStatus
from vaults.services.restating import Grounds, Restated, claim, judge, store_many
from vaults.services.scanning import CHUNK, chunks
from vaults.simulation.population import population
from vaults.simulation.seen import MINUTE_MS, Crash, Owing, Turn
from vaults.simulation.shadow import fill, shadowed

Sleep = Callable[[float], None]


def play(plan: Plan, *, count: int, seed: int, figures: Figures, speed: int, sleep: Sleep) -> Crash:
    """`speed` times as fast as it was; 0: at once. Nothing of it is left in the database; nobody is told."""
    rounds = (one for one in replay(plan) if one.decided.view.last is not None)
    first = next(rounds, None)
    if first is None:
        return Crash(0, figures)
    price_e8 = _shown_e8(first)
    with shadowed():
        vaults = population(count, seed, price_e8, figures)
        crash = Crash(fill(vaults, figures, price_e8, _moment(first.time_ms)), figures)
        for replayed in _paced(rounds, first.time_ms, speed, sleep):
            if crash.turns and crash.turns[-1].time_ms // MINUTE_MS < replayed.time_ms // MINUTE_MS:
                crash.end_minute()
            crash.turns.append(_turn(crash, replayed, first.time_ms))
    if crash.turns:
        crash.end_minute()
    return crash


def _paced(rounds: Iterable[Replayed], from_ms: int, speed: int, sleep: Sleep) -> Iterator[Replayed]:
    began = time.monotonic()
    for one in rounds:
        if speed:
            sleep(max(0.0, (one.time_ms - from_ms) / speed / 1000 - (time.monotonic() - began)))
        yield one


def _turn(crash: Crash, replayed: Replayed, from_ms: int) -> Turn:
    try:
        price = liquidation_price(replayed.decided.view, replayed.time_ms)
    except NoPrice as refusal:
        return Turn(replayed.time_ms, _shown_e8(replayed), refusal.code)
    seconds = (replayed.time_ms - from_ms) // 1000
    rate_ray = rate_after(RAY, crash.figures.stability_fee_ppm, seconds)
    began_ns = time.perf_counter_ns()
    restated = _scan(Grounds(price.upper_e8, price.round_id, rate_ray), _moment(replayed.time_ms))
    took_ns = time.perf_counter_ns() - began_ns
    for one in restated:
        _keep(crash, one, replayed.time_ms)
    entered = Counter(one.event for one in restated)
    return Turn(replayed.time_ms, _shown_e8(replayed), "", dict(entered), took_ns)


def _scan(grounds: Grounds, now: datetime) -> list[Restated]:
    """As a turn does it, but that here nobody has to be told and the rate stands still."""
    moved: list[Restated] = []
    for vault_ids in chunks(grounds, CHUNK):
        restated = judge(claim(vault_ids), grounds)
        store_many(restated, now)
        moved += restated
    return moved


def _keep(crash: Crash, one: Restated, time_ms: int) -> None:
    vault_id = str(one.vault.id)
    if one.vault.status != VaultStatus.LIQUIDATING:
        crash.liquidatable.pop(vault_id, None)
        return
    owing = Owing(time_ms, one.vault.collateral_sats, one.debt_atoms)
    crash.liquidatable[vault_id] = owing
    crash.ever.setdefault(vault_id, owing)


def _shown_e8(replayed: Replayed) -> int:
    last = replayed.decided.view.last
    assert last is not None
    return last.price_e8


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)
