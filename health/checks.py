"""The checks that concern the house as a whole: its servers, its processes, its tasks, its invariants."""

import shutil
import time
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from health.models import InvariantResult
from health.registry import Check, Extent, Finding, Gauge
from health.rules import Liveness, Status, attendance
from health.store import Seen, open_redis, pulse_age_ms, seen_processes
from health.supervised import Care, Kept, kept_processes

SLOW_MS = 250
PULSE_LATE_MS = 45_000
PULSE_LOST_MS = 120_000
STALE_S = {Extent.RECENT: 300, Extent.WHOLE: 3 * 3600}
DISK_WARN_PERCENT = 10
DISK_FAIL_PERCENT = 2


def database() -> list[Finding]:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return [_timed(began)]


def redis() -> list[Finding]:
    began = time.monotonic()
    with open_redis() as client:
        client.ping()
    return [_timed(began)]


def _timed(began: float) -> Finding:
    took_us = int((time.monotonic() - began) * 1_000_000)
    took_ms = took_us // 1000
    slow = took_ms > SLOW_MS
    return Finding(
        Status.WARN if slow else Status.OK,
        f"answers slowly: {took_ms} ms" if slow else "",
        figures={"answer_us": took_us},
    )


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def migrations() -> list[Finding]:
    """A database that knows more than this version is none of our business: a deploy is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = len(_known_migrations() - applied)
    if missing:
        return [Finding(Status.FAIL, f"{missing} are not applied", figures={"missing": missing})]
    return [Finding(Status.OK, figures={"missing": 0})]


def processes() -> list[Finding]:
    with open_redis() as client:
        seen = seen_processes(client)
    by_name: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_name[one.beat.process].append(one)
    expected = settings.EXPECTED_PROCESSES
    names = [*expected, *sorted(set(by_name) - set(expected))]
    return [_attendance(name, expected.get(name, 0), by_name[name]) for name in names]


def _attendance(name: str, expected: int, seen: Iterable[Seen]) -> Finding:
    by_liveness: dict[Liveness, list[Seen]] = defaultdict(list)
    for one in seen:
        by_liveness[one.liveness].append(one)
    alive, stuck = len(by_liveness[Liveness.ALIVE]), len(by_liveness[Liveness.STUCK])
    missing = by_liveness[Liveness.MISSING]
    figures = {
        "alive": alive,
        "stuck": stuck,
        "missing": len(missing),
        "restarts": sum(one.beat.restarts for one in seen),
    }
    status = attendance(expected=expected, alive=alive, stuck=stuck)
    parts = [f"{alive} alive of {expected} expected"] if alive < expected else []
    parts += [f"{stuck} stuck"] if stuck else []
    if missing and status is not Status.OK:
        last_ms = min(one.beat_age_ms for one in missing)
        parts.append(f"last seen {last_ms // 1000} s ago")
    return Finding(status, ", ".join(parts), name, figures)


def supervision() -> list[Finding]:
    """Nothing is said where a platform keeps the processes."""
    with open_redis() as client:
        return [_kept(one) for one in kept_processes(client)]


def _kept(one: Kept) -> Finding:
    figures = {"restarts": one.restarts, "lately": one.lately}
    status, message = Status.OK, ""
    if one.care is Care.HELD:
        again_s = (one.again_in_ms or 0) // 1000
        status = Status.FAIL
        message = f"{one.reason}; restarted too often, tried again in {again_s} s or by an operator"
    elif one.care is Care.RESTARTING:
        status, message = Status.WARN, f"{one.reason}; it is started again"
    elif one.care is Care.RECOVERING:
        status, message = Status.WARN, f"runs again after it was restarted too often: {one.reason}"
    return Finding(status, message, one.name, figures, quiet=True)


def tasks() -> list[Finding]:
    """Whether the schedule is carried out: by a task that is due every ten seconds."""
    with open_redis() as client:
        age_ms = pulse_age_ms(client)
        waiting = client.llen("celery")
    figures = {"waiting": int(waiting)}
    if age_ms is None:
        return [Finding(Status.WARN, "no task has run within an hour", figures=figures)]
    figures["last_run_age_ms"] = age_ms
    status = Status.OK if age_ms < PULSE_LATE_MS else Status.WARN
    if age_ms >= PULSE_LOST_MS:
        status = Status.FAIL
    message = "" if status is Status.OK else f"the last task ran {age_ms // 1000} s ago"
    return [Finding(status, message, figures=figures)]


def invariants() -> list[Finding]:
    """Whether each extent was looked at lately, and what was found of each invariant."""
    results = list(InvariantResult.objects.order_by("name"))
    if not results:
        return [Finding(Status.WARN, "never checked")]
    return [
        *(_extent(extent, [one for one in results if one.extent == extent]) for extent in Extent),
        *(
            Finding(
                Status.FAIL if one.violations else Status.OK,
                f"violated {one.violations} times" if one.violations else "",
                one.name,
                {"violations": one.violations},
                quiet=True,
            )
            for one in _worst(results)
        ),
    ]


def _worst(results: Iterable[InvariantResult]) -> list[InvariantResult]:
    """Of each name the extent with more violations."""
    worst: dict[str, InvariantResult] = {}
    for one in results:
        if one.name not in worst or one.violations > worst[one.name].violations:
            worst[one.name] = one
    return list(worst.values())


def _extent(extent: Extent, results: list[InvariantResult]) -> Finding:
    name = extent.lower()
    checked = [one.checked_at for one in results if one.checked_at is not None]
    if not checked:
        return Finding(Status.WARN, "never checked", name)
    age_s = int((timezone.now() - min(checked)).total_seconds())
    figures = {"age_ms": age_s * 1000, "checks": len(results)}
    errors = [one.name for one in results if one.error]
    if age_s > STALE_S[extent]:
        return Finding(Status.WARN, f"not all were checked for {age_s} s", name, figures)
    if errors:
        return Finding(Status.WARN, f"could not be checked: {', '.join(errors)}", name, figures)
    return Finding(Status.OK, "", name, figures)


def disk() -> list[Finding]:
    """Of the state folder, where this machine has one: embedded servers and logs live there."""
    if not settings.STATE_DIR.is_dir():
        return []
    usage = shutil.disk_usage(settings.STATE_DIR)
    percent = usage.free * 100 // usage.total
    status = Status.OK if percent >= DISK_WARN_PERCENT else Status.WARN
    if percent < DISK_FAIL_PERCENT:
        status = Status.FAIL
    message = "" if status is Status.OK else f"{percent} % free"
    return [Finding(status, message, figures={"free_percent": percent})]


_ANSWERS = {"answer_us": Gauge("How long the server took to answer a question.")}
DATABASE = Check(
    "database",
    "PostgreSQL answers",
    database,
    critical=True,
    stops=("trading", "account_data", "wallet_transfers", "login"),
    gauges=_ANSWERS,
)
REDIS = Check(
    "redis",
    "Redis answers",
    redis,
    critical=True,
    stops=("trading", "market_data", "wallet_transfers"),
    gauges=_ANSWERS,
)
MIGRATIONS = Check(
    "migrations",
    "The database is as this version wants it",
    migrations,
    critical=True,
    gauges={"missing": Gauge("Migrations of this version that the database lacks.")},
)
READY_CHECKS = (DATABASE, REDIS, MIGRATIONS)
CHECKS = (
    *READY_CHECKS,
    Check(
        "processes",
        "Every line of the process table runs",
        processes,
        label="name",
        gauges={
            "alive": Gauge("Processes of the line that beat and turn."),
            "stuck": Gauge("Processes of the line that beat and do not turn."),
            "missing": Gauge("Processes of the line that beat lately and no longer do."),
            "restarts": Gauge("How often those that are seen were started again."),
        },
    ),
    Check(
        "supervised",
        "What dies or hangs is started again",
        supervision,
        label="name",
        gauges={
            "restarts": Gauge("How often the supervisor has started it again."),
            "lately": Gauge("How often it ended in the last ten minutes."),
        },
    ),
    Check(
        "tasks",
        "The schedule is carried out",
        tasks,
        gauges={
            "waiting": Gauge("Tasks in the queue."),
            "last_run_age_ms": Gauge("Since the schedule's last task ran."),
        },
    ),
    Check(
        "invariants",
        "What must always be true was checked lately, and is",
        invariants,
        label="check",
        metric="invariant",
        gauges={
            "violations": Gauge("Rows that offend against the invariant."),
            "age_ms": Gauge("Since invariants were looked at: `recent` or `whole`."),
            "checks": Gauge("How many invariants were looked at: `recent` or `whole`."),
        },
    ),
    Check(
        "disk",
        "There is room on this machine",
        disk,
        gauges={"free_percent": Gauge("Room that is left on the file system of the state folder.")},
    ),
)
