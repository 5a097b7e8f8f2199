"""What waits for an operator's word, of all apps together: figures for the metrics."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone

from access.proposals import open_proposals
from custody.selectors_terms import open_proposal as terms_proposal
from custody.selectors_withdrawals import awaiting_approval
from health.registry import Check, Finding, Gauge
from health.rules import Status
from oracle.selectors import open_incidents
from vaults.selectors_figures import open_proposal as figures_proposal


def approvals() -> list[Finding]:
    now = timezone.now()
    terms, figures = terms_proposal(), figures_proposal()
    # One without an end of its own waits for people: a halt.
    halts = [one.began_ms for one in open_incidents() if one.until_ms is None]
    return [
        _waiting("deeds", (one.created_at for one in open_proposals(now)), now),
        _waiting("terms", [terms.created_at] if terms else [], now),
        _waiting("figures", [figures.created_at] if figures else [], now),
        _waiting("resume_oracle", (datetime.fromtimestamp(ms / 1000, UTC) for ms in halts), now),
        *([_withdrawals(now)] if settings.CUSTODY else []),
    ]


def _withdrawals(now: datetime) -> Finding:
    found = awaiting_approval().aggregate(count=Count("pk"), oldest=Min("created_at"))
    return _finding("withdrawals", found["count"], found["oldest"] or now, now)


def _waiting(kind: str, since: Iterable[datetime], now: datetime) -> Finding:
    times = list(since)
    return _finding(kind, len(times), min(times, default=now), now)


def _finding(kind: str, count: int, oldest: datetime, now: datetime) -> Finding:
    age_ms = max(int((now - oldest).total_seconds() * 1000), 0)
    return Finding(Status.OK, "", kind, {"waiting": count, "age_ms": age_ms}, quiet=True)


CHECKS = (
    Check(
        "approvals",
        "What waits for an operator's word",
        approvals,
        label="kind",
        for_everybody=False,
        gauges={
            "waiting": Gauge("What waits for an operator's word."),
            "age_ms": Gauge("How long the oldest has waited of what waits for an operator's word."),
        },
    ),
)
