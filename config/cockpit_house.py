"""The house itself on the operators' home: invariants that are violated, checks that fail, and the verdict.

It stands here, for health knows nothing of operators' pages.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from django.utils import timezone

from access.cockpit import Figure, FigureSource, Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import age_text, list_url, work_of
from health.examination import Examined, Examiner, Report
from health.models import InvariantResult
from health.registry import checks
from health.rules import Overall, Status

FRESH_S = 5.0
STATUS_PAGE = "/status"
_ELSEWHERE = ("invariants", "supervised", "markets", "rows")  # told by sources, or the check of processes
_TONES = {Overall.OK: "good", Overall.DEGRADED: "warn", Overall.DOWN: "bad"}


@cache
def _examiner() -> Examiner:
    """One for this process's operators: a page that asks again by itself looks at the house no more often."""
    return Examiner(checks(), fresh_s=FRESH_S)


def look() -> Report:
    return _examiner().report()


def violated(operator_id: int) -> Work:
    def item(row: InvariantResult) -> WorkItem:
        return WorkItem(
            title=f"Violated: {row.name}",
            since=row.violated_since or row.tried_at,
            url=list_url(InvariantResult, q=row.name),
            reasons=[row.about, f"{row.violations} rows offend", f"Looked at: {row.extent.lower()}"],
            urgency=Urgency.NOW,
        )

    rows = InvariantResult.objects.filter(violations__gt=0)
    return work_of(rows.order_by("violated_since", "name", "extent"), item)


def failing(operator_id: int) -> Work:
    """What fails, and what is worse than it should be: the failures first."""
    wrong = [one for one in _wrong(look().examined) if one.check.name not in _ELSEWHERE]
    return Work([_failing(one) for one in wrong], len(wrong))


def _failing(one: Examined) -> WorkItem:
    fails = one.finding.status is Status.FAIL
    stops = ", ".join(_words(name) for name in one.check.stops)
    return WorkItem(
        title=f"{_words(one.name)}: {one.finding.message or 'not as it should be'}",
        since=_moment(one.since),
        url=STATUS_PAGE,
        reasons=[
            f"Should be: {one.check.about[0].lower()}{one.check.about[1:]}",
            *([f"Stops {stops}"] if fails and stops else []),
        ],
        urgency=Urgency.NOW if fails and (one.check.critical or stops) else _lesser(fails),
    )


def _lesser(fails: bool) -> Urgency:
    return Urgency.SOON if fails else Urgency.LATER


def _moment(monotonic: float) -> datetime:
    return timezone.now() - timedelta(seconds=int(time.monotonic() - monotonic))


def verdict() -> list[Figure]:
    report = look()
    wrong = _wrong(report.examined)
    detail = "all checks are fine"
    if wrong:
        first, lasts = wrong[0], age_text(int(time.monotonic() - wrong[0].since))
        detail = f"{len(wrong)} of {len(report.examined)} not fine · {_words(first.name)} for {lasts}"
    return [Figure("House", report.overall.value, detail, _TONES[report.overall], STATUS_PAGE)]


def _wrong(examined: Sequence[Examined]) -> list[Examined]:
    """The worst first."""
    wrong = [one for one in examined if one.finding.status is not Status.OK]
    return sorted(wrong, key=lambda one: (-one.finding.status, not one.check.critical, one.name))


def _words(name: str) -> str:
    return name.replace("_", " ")


WORK = (
    WorkSource(
        name="invariants",
        title="What must always be true, and is not",
        permission="health.view_invariantresult",
        look=violated,
        nothing="no invariant is violated",
        all_url=lambda: list_url(InvariantResult),
    ),
    WorkSource(
        name="checks",
        title="Checks that fail",
        permission="health.view_invariantresult",
        look=failing,
        nothing="no check fails",
        all_url=lambda: STATUS_PAGE,
    ),
)
FIGURES = (FigureSource("house", "health.view_invariantresult", verdict),)
