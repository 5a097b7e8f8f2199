"""Halts and pauses in the admin, and the deeds that begin and end them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest

from access.deeds import Deed, DeedForm, Doing, Takes
from access.read_only import ReadOnlyAdmin
from access.reasons import reason_field
from oracle.admin import units
from oracle.admin.pages import SaysSimulated, SimulatedDeeds
from oracle.models import Approval, Incident, IncidentKind
from oracle.services.operators import APPROVALS_NEEDED, Resumption, end_pause, halt_oracle, resume_oracle


def _incident(row: Model | None) -> Incident:
    assert isinstance(row, Incident)
    return row


class HaltForm(DeedForm):
    reason = reason_field("Why. Public: everybody reads it beside the price, and the audit trail keeps it.")


class HaltOracle(Deed):
    name = "halt"
    title = "Halt the oracle"
    about = "At once: nobody mints or liquidates by its price until an operator resumes it. It is shown on."
    permission = "oracle.halt_oracle"
    takes = Takes.NONE
    form = HaltForm

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return halt_oracle(origin=doing.origin, reason=doing.reason, now_ms=units.now_ms())


class IncidentDeed(Deed):
    ends_halts = False

    def suits(self, row: Model) -> bool:
        incident = _incident(row)
        return incident.ended_ms is None and (incident.kind == IncidentKind.HALT) is self.ends_halts

    def facts(self, row: Model) -> list[tuple[str, object]]:
        incident, view = _incident(row), units.latest_view()
        last = units.price(None if view.last is None else view.last.price_e8)
        return [
            ("kind", incident.kind),
            ("since", units.moment(incident.began_ms)),
            ("reason", incident.reason),
            ("price before", units.price(incident.from_e8)),
            ("price then", units.price(incident.to_e8)),
            ("move", units.share(incident.move_ppm)),
            ("last accepted price", last),
            ("simulated", "yes" if view.simulated else "no"),
            *((one.source, f"{one.verdict} {units.price(one.price_e8)}") for one in view.verdicts),
            *((f"approved by {one.operator}", one.reason) for one in _approvals(incident)),
        ]


def _approvals(incident: Incident) -> QuerySet[Approval]:
    return incident.approvals.select_related("operator").order_by("pk")


class ResumeOracle(IncidentDeed):
    name = "resume"
    title = "Resume the oracle"
    about = (
        "The next price is taken, however far it lies from the last one: look at the sources first. After a "
        "jump of more than the policy's limit a second operator must do the same; where one is enough, a "
        "price beyond that limit halts again."
    )
    permission = "oracle.resume_oracle"
    ends_halts = True

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return resume_oracle(
            incident_id=_incident(row).pk, origin=doing.origin, reason=doing.reason, now_ms=units.now_ms()
        )

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        (resumption,) = outcomes
        assert isinstance(resumption, Resumption)
        if resumption.is_over:
            return "The oracle goes on with the next round.", ""
        return f"Approved {resumption.approvals} of {APPROVALS_NEEDED}: another operator must agree.", ""


class EndPause(IncidentDeed):
    name = "end-pause"
    title = "End the pause"
    about = "Before its time. The breaker forgets what it saw, so the same move does not trip it again."
    permission = "oracle.end_pause"

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return end_pause(
            incident_id=_incident(row).pk, origin=doing.origin, reason=doing.reason, now_ms=units.now_ms()
        )


class OpenIncidents(admin.SimpleListFilter):
    title = "open"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "open ones only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        return queryset.filter(ended_ms__isnull=True) if self.value() == "yes" else queryset


@admin.register(Incident)
class IncidentAdmin(SimulatedDeeds, ReadOnlyAdmin):
    deeds = (HaltOracle(), ResumeOracle(), EndPause())
    list_display = ("id", "kind", "standing", "began", "until", "ended", "ended_by", "why")
    fields = (*list_display, "before", "then", "move", "operators")
    readonly_fields = fields
    list_filter = (OpenIncidents, "kind")
    ordering = ("-id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        rows: QuerySet[Incident] = super().get_queryset(request)
        return rows.annotate(approved=Exists(Approval.objects.filter(incident=OuterRef("pk"))))

    @admin.display(description="standing")
    def standing(self, incident: Incident) -> str:
        if incident.ended_ms is not None:
            return "ended"
        if incident.kind != IncidentKind.HALT:
            return "open"
        needed = APPROVALS_NEEDED if incident.needs_two else 1
        approved = getattr(incident, "approved", False)  # one: with the last one needed it ends
        waits = "waits for another operator" if approved else "waits for an operator"
        return f"HALTED: {waits} ({int(approved)} of {needed})"

    @admin.display(description="began (UTC)")
    def began(self, incident: Incident) -> str:
        return units.moment(incident.began_ms)

    @admin.display(description="until (UTC)")
    def until(self, incident: Incident) -> str:
        return units.moment(incident.until_ms)

    @admin.display(description="ended (UTC)")
    def ended(self, incident: Incident) -> str:
        return units.moment(incident.ended_ms)

    @admin.display(description="reason")
    def why(self, incident: Incident) -> str:
        return incident.reason

    @admin.display(description="price before")
    def before(self, incident: Incident) -> str:
        return units.price(incident.from_e8)

    @admin.display(description="price then")
    def then(self, incident: Incident) -> str:
        return units.price(incident.to_e8)

    @admin.display(description="operators that resume it")
    def operators(self, incident: Incident) -> str:
        if incident.kind != IncidentKind.HALT:
            return units.NOTHING
        return "two different ones" if incident.needs_two else "one"

    @admin.display(description="move")
    def move(self, incident: Incident) -> str:
        return units.share(incident.move_ppm)


@admin.register(Approval)
class ApprovalAdmin(SaysSimulated, ReadOnlyAdmin):
    list_display = ("id", "incident", "operator", "time", "reason")
    fields = readonly_fields = list_display
    list_select_related = ("incident", "operator")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description="time (UTC)")
    def time(self, approval: Approval) -> str:
        return units.moment(approval.at_ms)
