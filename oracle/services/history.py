"""Writes decided rounds and the minutes that they make, many at once. Inside the caller's transaction."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from django.db import connection

from oracle.rules.encoding import verdicts_json
from oracle.rules.track import Decided
from oracle.rules.view import Band

MINUTE_MS = 60_000
_COPY = """
COPY oracle_round (id, time_ms, price_e8, confidence_e8, refusal, cumulative, is_halted, is_simulated,
                   policy_version, verdicts) FROM STDIN"""
_MINUTES = """
INSERT INTO oracle_minute AS kept (start_ms, open_e8, high_e8, low_e8, close_e8, rounds, is_simulated)
VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (start_ms) DO UPDATE
   SET high_e8 = greatest(kept.high_e8, excluded.high_e8), low_e8 = least(kept.low_e8, excluded.low_e8),
       close_e8 = excluded.close_e8, rounds = kept.rounds + excluded.rounds,
       is_simulated = kept.is_simulated OR excluded.is_simulated"""


class Bar(NamedTuple):
    start_ms: int
    open_e8: int
    high_e8: int
    low_e8: int
    close_e8: int
    rounds: int
    is_simulated: bool


def write_rounds(decided: Sequence[Decided]) -> None:
    with connection.cursor() as cursor:
        with connection.wrap_database_errors, cursor.copy(_COPY) as copy:
            for one in decided:
                copy.write_row(_columns(one))
        cursor.executemany(_MINUTES, bars_of(decided))


def _columns(one: Decided) -> tuple[object, ...]:
    found, view = one.aggregate, one.view
    return (
        view.round_id,
        view.round_ms,
        None if one.accepted is None else one.accepted.price_e8,
        None if one.accepted is None else one.accepted.confidence_e8,
        found.refusal or "",
        one.cumulative,
        view.halt is not None,
        found.simulated,
        view.policy_version,
        msgspec.json.encode(verdicts_json(found.verdicts)).decode(),
    )


def bars_of(decided: Sequence[Decided]) -> list[Bar]:
    """One for each minute that has an accepted price, in order of time."""
    bars: dict[int, Bar] = {}
    for one in decided:
        if one.accepted is not None:
            start_ms = one.accepted.time_ms - one.accepted.time_ms % MINUTE_MS
            bars[start_ms] = _with(bars.get(start_ms), start_ms, one.accepted, one.aggregate.simulated)
    return list(bars.values())


def _with(bar: Bar | None, start_ms: int, accepted: Band, is_simulated: bool) -> Bar:
    price = accepted.price_e8
    if bar is None:
        return Bar(start_ms, price, price, price, price, 1, is_simulated)
    return bar._replace(
        high_e8=max(bar.high_e8, price),
        low_e8=min(bar.low_e8, price),
        close_e8=price,
        rounds=bar.rounds + 1,
        is_simulated=bar.is_simulated or is_simulated,
    )
