"""The oracle on the operators' home: what has halted or paused it, and the price with its state."""

from datetime import UTC, datetime, timedelta

from access.cockpit import Figure, FigureSource, Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import deed_url, list_url, row_url, work_of
from oracle.admin import units
from oracle.models import Current, Incident, IncidentKind
from oracle.rules.uses import allowed, display_price
from oracle.rules.view import State, Use
from oracle.selectors import committed_view
from oracle.services.operators import APPROVALS_NEEDED

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TONES = {State.FRESH: "good", State.DEGRADED: "warn", State.STALE: "bad", State.HALTED: "bad"}


def incidents(operator_id: int) -> Work:
    def item(incident: Incident) -> WorkItem:
        is_halt = incident.kind == IncidentKind.HALT
        return (_halt if is_halt else _pause)(incident, operator_id)

    rows = Incident.objects.filter(ended_ms__isnull=True).prefetch_related("approvals__operator")
    return work_of(rows.order_by("began_ms", "pk"), item)


def _halt(incident: Incident, operator_id: int) -> WorkItem:
    approvals = list(incident.approvals.all())
    needed = APPROVALS_NEEDED if incident.needs_two else 1
    has_agreed = any(one.operator_id == operator_id for one in approvals)
    return WorkItem(
        title="The oracle is halted: nobody mints or liquidates",
        since=_moment(incident.began_ms),
        url=row_url(incident),
        reasons=[
            *(["Waits for another operator"] if has_agreed else []),
            incident.reason,
            f"Needs {needed}, {len(approvals)} agreed",
            *(f"Approved by {one.operator}: {one.reason}" for one in approvals),
            *([f"Moved by {units.share(incident.move_ppm)}"] if incident.move_ppm else []),
        ],
        deeds=[] if has_agreed else [("Resume the oracle", deed_url(Incident, "resume", incident))],
        urgency=Urgency.NOW,
    )


def _pause(incident: Incident, operator_id: int) -> WorkItem:
    what = "Minting" if incident.kind == IncidentKind.MINTING_PAUSED else "Liquidating"
    return WorkItem(
        title=f"{what} is paused",
        since=_moment(incident.began_ms),
        url=row_url(incident),
        reasons=[incident.reason, f"Ends by itself at {units.moment(incident.until_ms)} UTC"],
        deeds=[("End the pause", deed_url(Incident, "end-pause", incident))],
        urgency=Urgency.SOON,
    )


def _moment(time_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=time_ms)


def price() -> list[Figure]:
    view, now_ms = committed_view(), units.now_ms()
    shown = display_price(view, now_ms)
    may = [use.lower() for use in Use if use in allowed(view, now_ms)]
    parts = [
        shown.state.value,
        *([shown.reason] if shown.reason else []),
        *([] if shown.age_ms is None else [f"{shown.age_ms // 1000} s old"]),
        f"may {', '.join(may)}" if may else "may be used for nothing",
        *(["SIMULATED"] if shown.simulated else []),
    ]
    value = "none yet" if shown.price_e8 is None else f"${shown.price_e8 // 10**8:,}"
    return [Figure("Price of bitcoin", value, " · ".join(parts), _TONES[shown.state], list_url(Current))]


WORK = (
    WorkSource(
        name="oracle",
        title="Halts and pauses of the oracle",
        permission="oracle.view_incident",
        look=incidents,
        nothing="the oracle is neither halted nor paused",
        all_url=lambda: list_url(Incident, open="yes"),
    ),
)
FIGURES = (FigureSource("price", "oracle.view_current", price),)
