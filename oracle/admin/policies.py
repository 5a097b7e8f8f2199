"""The versions of the policy, which nobody changes: who wants other figures makes another version."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from access.deeds import Deed, DeedForm, Doing, Takes
from access.read_only import ReadOnlyAdmin
from oracle.admin.pages import SimulatedDeeds
from oracle.models import PolicyVersion
from oracle.rules.encoding import policy_from_json
from oracle.rules.figures import LIMITS, figures_of
from oracle.services.changing_terms import change_policy, check_policy
from oracle.services.terms import policy_in_force

_MEANINGS = {
    "min_sources": "Fewer kept sources give no price.",
    "max_age_ms": "Older quotes are dropped, where the source has no age of its own.",
    "max_future_ms": "Quotes further in the future are dropped.",
    "frozen_after_ms": "A quote that has not moved for longer is dropped; 0: never.",
    "max_deviation_ppm": "Quotes further off the median are dropped. 10,000 is one percent.",
    "max_confidence_ppm": "A price that is less sure than this is none.",
    "accepted_jump_ppm": "A jump of more needs every source to say so.",
    "halting_jump_ppm": "A jump of more halts the oracle.",
    "stale_after_ms": "A price that is older is STALE, and moves no money.",
    "confirm_after_ms": "How far apart two rounds are that confirm a liquidation.",
    "twap_window_ms": "Over how long the average goes that bounds minting.",
    "liquidations_move_ppm": "A move of more pauses liquidations,",
    "liquidations_window_ms": "within this time,",
    "liquidations_cooldown_ms": "for this long.",
    "minting_move_ppm": "A move of more pauses minting,",
    "minting_window_ms": "within this time,",
    "minting_cooldown_ms": "for this long.",
}


class PolicyForm(DeedForm):
    """Gives only what was changed on the page: what somebody else has changed meanwhile stays as it is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, (least, most) in LIMITS.items():
            self.fields[name] = forms.IntegerField(
                min_value=least, max_value=most, help_text=_MEANINGS[name], show_hidden_initial=True
            )
        self.order_fields([*LIMITS, "reason"])

    def clean(self) -> dict[str, Any]:
        kept = {*self.changed_data, "token", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name in kept}


class NewVersion(Deed):
    name = "new-version"
    title = "New version of the policy"
    about = (
        "In force from the next round on, once another operator agrees: a looser policy lets a wrong price "
        "liquidate. Who cannot wait halts the oracle. Times are milliseconds, shares parts per million."
    )
    permission = "oracle.add_policyversion"
    takes = Takes.NONE
    form = PolicyForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        return figures_of(policy_in_force())

    def needs_two(self, row: Model | None, values: Mapping[str, Any]) -> bool:
        return any(name in LIMITS for name in values)

    def check_proposal(self, row: Model | None, doing: Doing) -> None:
        check_policy(doing.values)

    def described(self, values: Mapping[str, Any]) -> str:
        now = figures_of(policy_in_force())
        changed = (name for name in LIMITS if name in values and values[name] != now[name])
        return ", ".join(f"{name} {now[name]} to {values[name]}" for name in changed)

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        return change_policy(changes=doing.values, origin=doing.origin, reason=doing.reason)

    def done(self, outcomes: Sequence[object]) -> tuple[str, str]:
        (version,) = outcomes
        return ("Nothing was changed." if version is None else f"{version} is in force."), ""


@admin.register(PolicyVersion)
class PolicyAdmin(SimulatedDeeds, ReadOnlyAdmin):
    deeds = (NewVersion(),)
    list_display = ("id", "created_at", "operator", "reason", "differs")
    list_select_related = ("operator",)
    fields = ("id", "created_at", "operator", "reason", "differs", "figures")
    readonly_fields = fields
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description="differs from the version before")
    def differs(self, version: PolicyVersion) -> str:
        before = PolicyVersion.objects.filter(pk__lt=version.pk).order_by("-pk").first()
        old = figures_of(policy_from_json({} if before is None else before.content))
        new = figures_of(policy_from_json(version.content))
        return ", ".join(f"{name} {old[name]} to {new[name]}" for name in LIMITS if old[name] != new[name])

    @admin.display(description="figures")
    def figures(self, version: PolicyVersion) -> SafeString:
        rows = figures_of(policy_from_json(version.content)).items()
        cells = ((name, value, _MEANINGS[name]) for name, value in rows)
        return format_html(
            "<table>{}</table>", format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", cells)
        )
