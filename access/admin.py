"""Keys and the audit trail in the admin: to be read, by nobody to be changed. Secrets are not shown."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from access.models import ApiKey, AuditEntry

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # generic for the type checker only
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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
