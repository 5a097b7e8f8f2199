"""Sources in the admin: their terms beside what they said in the latest round."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model

from access.deeds import Deed, DeedForm, Doing
from access.read_only import ReadOnlyAdmin
from oracle.admin import units
from oracle.admin.pages import SimulatedDeeds
from oracle.models import SourceRow
from oracle.models.terms import MAX_WEIGHT
from oracle.rules.policy import SourceTerms
from oracle.services.changing_terms import MOST_AGE_MS, change_source

_PRICES = {"min_price": "min_price_e8", "max_price": "max_price_e8"}
_PLAIN = ("is_enabled", "weight", "max_age_ms")


class SourceForm(DeedForm):
    """Gives only what was changed on the page: what somebody else has changed meanwhile stays as it is."""

    is_enabled = forms.BooleanField(required=False, label="enabled", help_text="Whether it counts at all.")
    weight = forms.IntegerField(
        min_value=0, max_value=MAX_WEIGHT, help_text="How many times it stands in the median; 0: shown only."
    )
    min_price = forms.DecimalField(
        min_value=0, help_text="In its own currency. At or below it, it is no price."
    )
    max_price = forms.DecimalField(
        min_value=0, help_text="In its own currency. At or above it, it is no price."
    )
    max_age_ms = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_AGE_MS, help_text="Empty: the policy's."
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in self.fields.keys() - {"token", "reason"}:
            self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        kept = {*self.changed_data, "token", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name in kept}


class ChangeSource(Deed):
    name = "terms"
    title = "Change the terms"
    about = "From the next round on. A source that is not enabled is asked and shown, but never counted."
    permission = "oracle.change_sourcerow"
    form = SourceForm

    def initial(self, row: Model | None) -> Mapping[str, object]:
        assert isinstance(row, SourceRow)
        return {
            **{name: getattr(row, name) for name in _PLAIN},
            **{name: units.price(getattr(row, column)) for name, column in _PRICES.items()},
        }

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, SourceRow)
        verdict = units.latest_verdict(row.name)
        now = [] if verdict is None else [("latest round", verdict.verdict), ("quote", _quote(row))]
        return [
            *now,
            *((name.replace("_", " "), _fact(value)) for name, value in self.initial(row).items()),
        ]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, SourceRow)
        values = doing.values
        changes = {name: values[name] for name in _PLAIN if name in values}
        for name in _PRICES.keys() & values.keys():
            changes[_PRICES[name]] = units.price_e8(values[name], name)
        return change_source(source_id=row.pk, changes=changes, origin=doing.origin, reason=doing.reason)


def _fact(value: object) -> object:
    if isinstance(value, bool):
        return units.word(value)
    return units.NOTHING if value is None else value


def _quote(row: SourceRow) -> str:
    verdict = units.latest_verdict(row.name)
    if verdict is None or verdict.quoted_e8 is None:
        return units.NOTHING
    return f"{units.price(verdict.quoted_e8)} {verdict.currency}"


@admin.register(SourceRow)
class SourceAdmin(SimulatedDeeds, ReadOnlyAdmin):
    deeds = (ChangeSource(),)
    list_display = (
        "name",
        "is_asked",
        "enabled",
        "weight",
        "verdict",
        "quote",
        "in_dollars",
        "age",
        "deviation",
    )
    fields = ("name", "base", "currency", *list_display[1:], "lower_bound", "upper_bound", "oldest")
    readonly_fields = fields
    search_fields = ("name",)
    ordering = ("name",)
    sortable_by = ()

    @admin.display(description="asked")
    def is_asked(self, row: SourceRow) -> str:
        return units.word(row.name in settings.ORACLE_SOURCES)

    @admin.display(description="enabled")
    def enabled(self, row: SourceRow) -> str:
        return units.word(row.is_enabled)

    @admin.display(description="latest verdict")
    def verdict(self, row: SourceRow) -> str:
        verdict = units.latest_verdict(row.name)
        if verdict is None:
            return units.NOTHING
        return f"{verdict.verdict} ({verdict.detail})" if verdict.detail else verdict.verdict.value

    @admin.display(description="quote")
    def quote(self, row: SourceRow) -> str:
        return _quote(row)

    @admin.display(description="in USD")
    def in_dollars(self, row: SourceRow) -> str:
        verdict = units.latest_verdict(row.name)
        return units.price(None if verdict is None else verdict.price_e8)

    @admin.display(description="age now")
    def age(self, row: SourceRow) -> str:
        verdict = units.latest_verdict(row.name)
        if verdict is None or verdict.time_ms is None:
            return units.NOTHING
        return units.span(max(0, units.now_ms() - verdict.time_ms))

    @admin.display(description="off the median")
    def deviation(self, row: SourceRow) -> str:
        verdict = units.latest_verdict(row.name)
        return units.share(None if verdict is None else verdict.deviation_ppm)

    @admin.display(description="above")
    def lower_bound(self, row: SourceRow) -> str:
        return units.price(row.min_price_e8)

    @admin.display(description="below")
    def upper_bound(self, row: SourceRow) -> str:
        is_default = row.max_price_e8 == SourceTerms().max_price_e8
        return "any" if is_default else units.price(row.max_price_e8)

    @admin.display(description="oldest")
    def oldest(self, row: SourceRow) -> str:
        return "the policy's" if row.max_age_ms is None else units.span(row.max_age_ms)
