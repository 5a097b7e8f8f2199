"""The invariants in the admin: what was found of each, and since when. Read-only: a run changes them."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from health.models import InvariantResult

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[InvariantResult]
else:  # it has no types
    ModelAdmin = UnfoldModelAdmin


@admin.register(InvariantResult)
class InvariantResultAdmin(ModelAdmin):
    list_display = (
        "name",
        "extent",
        "verdict",
        "violations",
        "violated_since",
        "checked_at",
        "took_ms",
        "error",
    )
    list_filter = ("extent",)
    search_fields = ("name", "about")
    ordering = ("-violations", "name", "extent")
    exclude = ("offenders",)
    readonly_fields = ("first_offenders",)
    actions = None

    @admin.display(description="Verdict")
    def verdict(self, result: InvariantResult) -> str:
        if result.violations:
            return "VIOLATED"
        return "not known" if result.error or result.checked_at is None else "holds"

    @admin.display(description="First offenders")
    def first_offenders(self, result: InvariantResult) -> SafeString | str:
        if not result.offenders:
            return "none"
        return format_html("<pre>{}</pre>", json.dumps(result.offenders, indent=2))

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False
