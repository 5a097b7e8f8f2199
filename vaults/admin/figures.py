"""What two operators decide of vaults: the figures; and the rate that the stability fee has come to."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.utils import timezone

from access.deeds import Deed, DeedAdmin, DeedForm, Doing, Takes
from access.read_only import ReadOnlyAdmin
from ledger.money import format_atoms
from vaults.models import FeeAccumulator, FiguresProposal, FiguresVersion
from vaults.rules.figures import LIMITS, Figures, as_values
from vaults.selectors_figures import figures_in_force
from vaults.services.figures import approve_figures, propose_figures, withdraw_proposal

RATE_DECIMALS = 27


def _changes(after: Mapping[str, int], before: Mapping[str, int]) -> str:
    changed = (name for name in LIMITS if before[name] != after.get(name, before[name]))
    return ", ".join(f"{name} {before[name]} to {after[name]}" for name in changed)


class FiguresForm(DeedForm):
    """Gives only what was changed on the page."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, (least, most) in LIMITS.items():
            self.fields[name] = forms.IntegerField(min_value=least, max_value=most, show_hidden_initial=True)
        self.order_fields([*LIMITS, "reason"])

    def clean(self) -> dict[str, Any]:
        kept = {*self.changed_data, "token", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name in kept}


class Propose(Deed):
    name = "propose"
    title = "Propose other figures"
    about = (
        "In force once another operator approves. Ratios, penalty and parts in ppm (1,500,000 is 150 %), the "
        "fee in ppm a year, amounts in atoms of USDB (1e-8). Vaults that are open keep the ratios and the "
        "penalty of the version that they were opened under; floor, ceilings and the fee are of all."
    )
    permission = "vaults.change_figures"
    takes = Takes.NONE
    form = FiguresForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        return as_values(figures_in_force())

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return propose_figures(changes=doing.values, origin=doing.origin, reason=doing.reason)

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        return "Proposed: another operator must agree.", ""


class OfProposal(Deed):
    permission = "vaults.change_figures"

    def suits(self, row: Model) -> bool:
        return _proposal(row).ended_at is None

    def facts(self, row: Model) -> Sequence[tuple[str, object]]:
        proposal = _proposal(row)
        changes = _changes(proposal.content, as_values(figures_in_force()))
        return [("by", proposal.operator), ("because", proposal.reason), ("changes", changes)]


class ApproveFigures(OfProposal):
    name = "approve"
    title = "Approve these figures"
    about = "In force at once; what is owed grows by the old fee until now. Not by who proposed them."

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return approve_figures(
            proposal_id=_proposal(row).pk, origin=doing.origin, reason=doing.reason, now=timezone.now()
        )


class WithdrawProposal(OfProposal):
    name = "withdraw"
    title = "Withdraw the proposal"
    about = "The figures stay as they are."

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        withdraw_proposal(
            proposal_id=_proposal(row).pk, origin=doing.origin, reason=doing.reason, now=timezone.now()
        )
        return None


def _proposal(row: Model | None) -> FiguresProposal:
    assert isinstance(row, FiguresProposal)
    return row


@admin.register(FiguresProposal)
class FiguresProposalAdmin(DeedAdmin, ReadOnlyAdmin):
    deeds = (Propose(), ApproveFigures(), WithdrawProposal())
    list_display = ("id", "created_at", "operator", "reason", "ended_at", "ended_because")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("operator",)
    ordering = ("-id",)
    sortable_by = ()


@admin.register(FiguresVersion)
class FiguresVersionAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "proposed_by", "approved_by", "reason", "differs")
    list_select_related = ("proposed_by", "approved_by")
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description="differs from the version before")
    def differs(self, version: FiguresVersion) -> str:
        before = FiguresVersion.objects.filter(pk__lt=version.pk).order_by("-pk").first()
        return _changes(as_values(version.figures), as_values(before.figures if before else Figures()))


@admin.register(FeeAccumulator)
class FeeAccumulatorAdmin(ReadOnlyAdmin):
    list_display = ("rate", "accrued_ms", "accruals")
    fields = list_display
    readonly_fields = list_display

    @admin.display(description="rate")
    def rate(self, row: FeeAccumulator) -> str:
        return format_atoms(row.rate_ray, RATE_DECIMALS)
