"""Backups that these rows came out of, and what became of them since. Deeds are the command's alone."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.read_only import ReadOnlyAdmin
from custody.models import Restoration


@admin.register(Restoration)
class RestorationAdmin(ReadOnlyAdmin):
    list_display = ("backup", "snapshot_at", "height", "restored_at", "reconciled_at")
    exclude = ("report",)
    readonly_fields = ("found",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description="What was found")
    def found(self, restoration: Restoration) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(restoration.report, indent=2))
