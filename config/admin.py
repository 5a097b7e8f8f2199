"""Backups in the admin, to be read; alerts (`alert_admin`)."""

from django.contrib import admin

from access.read_only import ReadOnlyAdmin
from config.alert_admin import AlertEpisodeAdmin as AlertEpisodeAdmin
from config.models import BackupRun


@admin.register(BackupRun)
class BackupRunAdmin(ReadOnlyAdmin):
    list_display = ("began_at", "name", "size_bytes", "seconds", "removed", "error")
    list_filter = (("error", admin.EmptyFieldListFilter),)
    ordering = ("-id",)
    sortable_by = ()
