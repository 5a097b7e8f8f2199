"""Runs what must always be true, and keeps what was found until a later run finds otherwise."""

import logging
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from health.models import InvariantResult
from health.registry import Extent, Invariant, Violations, invariants

logger = logging.getLogger(__name__)

OFFENDERS_KEPT = 10
LIMITS_MS = {Extent.RECENT: 5_000, Extent.WHOLE: 300_000}
RUN_LOCK = {Extent.RECENT: 0x_BA_11_4E_A1, Extent.WHOLE: 0x_BA_11_4E_A2}  # nobody else's advisory locks


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one invariant in one run. With an `error` it is not known whether it holds."""

    invariant: Invariant
    extent: Extent
    violations: Violations
    error: str = ""


def verify(extent: Extent, *, only: Iterable[str] = ()) -> list[Outcome]:
    """Run all (or `only` these names) and keep the results. Empty where another run is under way."""
    wanted = set(only)
    chosen = [one for one in invariants() if not wanted or one.name in wanted]
    if not _lock(extent):
        return []
    try:
        _forget_others({one.name for one in invariants()})
        return [_verify(invariant, extent) for invariant in chosen]
    finally:
        with suppress(DatabaseError):  # then the lock has gone with the connection
            _unlock(extent)


def is_due(extent: Extent, *, every: timedelta) -> bool:
    """Whether any invariant was not looked at within that time, or never."""
    lately = InvariantResult.objects.filter(extent=extent, tried_at__gt=timezone.now() - every)
    return {one.name for one in invariants()} - set(lately.values_list("name", flat=True)) != set()


def examine(invariant: Invariant, extent: Extent) -> Outcome:
    """Look, and keep nothing."""
    run = invariant.whole if extent is Extent.WHOLE or invariant.recent is None else invariant.recent
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {LIMITS_MS[extent]}")
            return Outcome(invariant, extent, run())
    except DatabaseError as error:
        logger.warning("invariant %s could not be checked: %s", invariant.name, error)
        return Outcome(invariant, extent, Violations(0), type(error.__cause__ or error).__name__)


def _verify(invariant: Invariant, extent: Extent) -> Outcome:
    began = time.monotonic()
    outcome = examine(invariant, extent)
    if extent is Extent.RECENT and not outcome.violations.count and not outcome.error:
        outcome = _look_again(invariant, outcome)
    _keep(outcome, took_ms=int((time.monotonic() - began) * 1000))
    return outcome


def _look_again(invariant: Invariant, outcome: Outcome) -> Outcome:
    """A violation may just have become too old to be seen: it ends where a look at everything says so."""
    kept = InvariantResult.objects.filter(name=invariant.name, extent=Extent.RECENT, violations__gt=0)
    if invariant.recent is None or not kept.exists():
        return outcome
    whole = examine(invariant, Extent.WHOLE)
    return Outcome(invariant, Extent.RECENT, whole.violations, whole.error)


def _keep(outcome: Outcome, *, took_ms: int) -> None:
    now = timezone.now()
    name, extent, count = outcome.invariant.name, outcome.extent, outcome.violations.count
    values: dict[str, object] = {"about": outcome.invariant.about[:300], "tried_at": now, "took_ms": took_ms}
    if outcome.error:
        values |= {"error": outcome.error[:200]}
    else:
        values |= {
            "error": "",
            "checked_at": now,
            "violations": count,
            "offenders": _plain(outcome.violations),
        }
    with transaction.atomic():
        before = InvariantResult.objects.select_for_update().filter(name=name, extent=extent).first()
        if not outcome.error:
            since = before.violated_since if before is not None else None
            values["violated_since"] = (since or now) if count else None
        InvariantResult.objects.update_or_create(name=name, extent=extent, defaults=values)
    if count:
        logger.error("invariant %s is violated %s times: %s", name, count, _plain(outcome.violations))


def _plain(violations: Violations) -> Sequence[dict[str, object]]:
    rows = violations.offenders[:OFFENDERS_KEPT]
    return [
        {
            name: value if isinstance(value, str | bool) or value is None else _text(value)
            for name, value in row.items()
        }
        for row in rows
    ]


def _text(value: object) -> str:
    """Whole: a number of JSON is a float to some readers."""
    return str(value) if isinstance(value, int) else str(msgspec.to_builtins(value))


def _forget_others(names: set[str]) -> None:
    """What is no longer checked would look as if it had not been checked for long."""
    InvariantResult.objects.exclude(name__in=names).delete()


def _lock(extent: Extent) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK[extent]])
        row = cursor.fetchone()
    return bool(row and row[0])


def _unlock(extent: Extent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [RUN_LOCK[extent]])
