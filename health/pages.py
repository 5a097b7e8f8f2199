"""What is said of the house: to machines as JSON, to Prometheus as text. Nothing in it is secret.

Works with the database and Redis down: what cannot be asked is said to have failed.
"""

import time
from typing import Any, NamedTuple

import msgspec
from redis.exceptions import RedisError

from health.examination import Examined, Examiner, Report
from health.gauges import base_value, checks_text
from health.heartbeat import current
from health.incidents import Incidents
from health.metrics import Samples, exposition, gauge_text, merged
from health.registry import CAPABILITIES
from health.rules import Overall, Status
from health.store import Seen, open_redis, published_metrics, seen_processes

HEARTBEAT_AGE, WORK_AGE = "ballast_heartbeat_age_seconds", "ballast_work_age_seconds"
RESTARTS = "ballast_restarts"
BEATS = {
    HEARTBEAT_AGE: "Since the last beat of a process.",
    WORK_AGE: "Since the last turn of a process's loop.",
    RESTARTS: "How often a process was started again.",
}


class Page(NamedTuple):
    status: int
    body: bytes


def health_page(examiner: Examiner) -> Page:
    """Blocks for less than a second. 503 when the house is down, else 200."""
    report = examiner.report()
    content = health_content(report)
    return Page(503 if report.overall is Overall.DOWN else 200, msgspec.json.encode(content))


def health_content(report: Report) -> dict[str, Any]:
    return {
        "status": report.overall,
        "time_ms": time.time_ns() // 1_000_000,
        "capabilities": {
            name: "unavailable" if name in report.stopped else "available" for name in CAPABILITIES
        },
        "subsystems": {one.name: _told(one) for one in report.examined if _is_told(one)},
        "processes": [_process(seen) for seen in ([] if _lacks_redis(report) else _seen())],
    }


def status_content(report: Report, incidents: Incidents) -> dict[str, Any]:
    """What /health says, everything that is quiet too, and what went wrong lately, which is noted."""
    health = health_content(report)
    incidents.note(report.examined, health["time_ms"])
    return {
        **health,
        "subsystems": {one.name: _told(one) for one in report.examined},
        "incidents": [
            {
                "subsystem": one.subsystem,
                "status": one.worst.name.lower(),
                "message": one.message,
                "began_ms": one.began_ms,
                "ended_ms": one.ended_ms,
                "was_so_before": one.is_first,
            }
            for one in incidents.latest()
        ],
    }


def _is_told(one: Examined) -> bool:
    return not one.finding.quiet or one.finding.status is not Status.OK


def _told(one: Examined) -> dict[str, object]:
    return {
        "status": one.finding.status.name.lower(),
        "message": one.finding.message,
        "about": one.check.about,
        "critical": one.check.critical,
        "since_ms": int((time.monotonic() - one.since) * 1000),
        "figures": dict(one.finding.figures) if one.check.for_everybody else {},
    }


def _lacks_redis(report: Report) -> bool:
    """Then it is not asked once more, or the answer would take twice its time-out."""
    return any(one.check.name == "redis" and one.finding.status is Status.FAIL for one in report.examined)


def _seen() -> list[Seen]:
    try:
        with open_redis() as redis:
            return seen_processes(redis)
    except (RedisError, OSError, ValueError):
        return []


def _process(seen: Seen) -> dict[str, object]:
    """Without the instance: the names of machines are nobody's business."""
    beat = seen.beat
    return {
        "process": beat.process,
        "status": seen.liveness,
        "up_ms": beat.up_ms + seen.beat_age_ms,
        "last_beat_ms": seen.beat_age_ms,
        "last_work_ms": seen.worked_age_ms,
        "restarts": beat.restarts,
        "last_error": beat.error or None,
        "last_error_ms": beat.error_ago_ms + seen.beat_age_ms if beat.error else None,
    }


def ready_page(examiner: Examiner) -> Page:
    """200 when every check of the examiner is fine or merely slow, else 503."""
    report = examiner.report()
    failing = [one.name for one in report.examined if one.finding.status is Status.FAIL]
    content = {"status": "not ready" if failing else "ready", "failing": failing}
    return Page(503 if failing else 200, msgspec.json.encode(content))


def metrics_page(examiner: Examiner) -> Page:
    """The metrics of every process that is heard of, this one's as of now, and what the checks found."""
    report = examiner.report()
    heart = current()
    process, instance = (heart.process, heart.instance) if heart else ("web", "")
    texts = [(process, instance, exposition().decode())]
    seen: list[Seen] = []
    if not _lacks_redis(report):
        texts += [one for one in _published() if one[:2] != (process, instance)]
        seen = _seen()
    return Page(200, merged(texts) + (checks_text(report) + _beats_text(seen)).encode())


def _published() -> list[tuple[str, str, str]]:
    try:
        with open_redis() as redis:
            return published_metrics(redis)
    except (RedisError, OSError, ValueError):
        return []


def _beats_text(seen: list[Seen]) -> str:
    ages: Samples = []
    work: Samples = []
    restarts: Samples = []
    for one in seen:
        labels = {"process": one.beat.process, "instance": one.beat.instance}
        ages.append((labels, base_value("age_ms", one.beat_age_ms)))
        work.append((labels, base_value("age_ms", one.worked_age_ms)))
        restarts.append((labels, one.beat.restarts))
    found = zip(BEATS.items(), (ages, work, restarts), strict=True)
    return "".join(gauge_text(name, about, samples) for (name, about), samples in found)
