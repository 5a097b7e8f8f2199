"""Keys and the audit trail in the admin: to be read, by nobody to be changed. Secrets are not shown."""

from django.contrib import admin

from access.models import ApiKey, AuditEntry
from access.read_only import ReadOnlyAdmin


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = (
        "public_id",
        "user",
        "label",
        "kind",
        "scopes",
        "revoked_at",
        "exposed_at",
        "last_used_at",
    )
    list_select_related = ("user",)
    search_fields = ("=public_id", "=user__username")
    exclude = ("encrypted_secret",)
    ordering = ("-id",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "user_id", "action", "subject", "ip", "request_id")
    search_fields = ("=subject", "=action", "=request_id")
    ordering = ("-id",)
