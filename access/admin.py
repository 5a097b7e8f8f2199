"""Keys and the audit trail in the admin. No secret is shown; every change has a reason."""

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from access.accounts.admin import ADMINS as ACCOUNT_ADMINS
from access.audit_diff import difference
from access.audit_names import who_did, with_names
from access.deeds import Deed, DeedAdmin, Doing, Takes
from access.models import (
    AccountRole,
    ApiKey,
    AuditEntry,
    IdempotencyRecord,
    OperatorProposal,
    RecoveryCode,
    SecurityChange,
    TotpDevice,
)
from access.notices.admin import ADMINS as NOTICE_ADMINS
from access.people_admin import ADMINS as PEOPLE_ADMINS
from access.proposals_admin import OperatorProposalAdmin
from access.read_only import LongTableAdmin, ReadOnlyAdmin, is_number
from access.roles_admin import AccountRoleAdmin
from access.second_factor.admin import SecondFactorAdmin
from access.services import revoke_api_key
from access.views_of_people import HoldsPersonalData

admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(TotpDevice, SecondFactorAdmin)
for model, page in {**NOTICE_ADMINS, **ACCOUNT_ADMINS, **PEOPLE_ADMINS}.items():
    admin.site.register(model, page)
admin.site.register(AccountRole, AccountRoleAdmin)
admin.site.register(OperatorProposal, OperatorProposalAdmin)


class RevokeKey(Deed):
    name = "revoke"
    title = "Revoke the key"
    about = "It is refused from the next request on, and its connections are closed within seconds."
    permission = "access.revoke_apikey"
    takes = Takes.MANY

    def facts(self, row: Model) -> list[tuple[str, object]]:
        assert isinstance(row, ApiKey)
        return [("user", row.user), ("label", row.label), ("scopes", ", ".join(row.scopes))]

    def carry_out(self, row: Model | None, doing: Doing) -> object:
        assert isinstance(row, ApiKey)
        return revoke_api_key(user_id=row.user_id, key_id=row.pk, origin=doing.origin, reason=doing.reason)


@admin.register(ApiKey)
class ApiKeyAdmin(HoldsPersonalData, DeedAdmin, ReadOnlyAdmin):
    deeds = (RevokeKey(),)
    list_display = (
        "public_id",
        "user",
        "label",
        "kind",
        "scope_names",
        "created_at",
        "revoked_at",
        "exposed_at",
        "last_used_at",
    )
    list_filter = (
        ("revoked_at", admin.EmptyFieldListFilter),
        ("exposed_at", admin.EmptyFieldListFilter),
        "kind",
    )
    list_select_related = ("user",)
    search_fields = ("=public_id", "=user__username", "=user__id")
    exclude = ("encrypted_secret",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description="scopes")
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)


@admin.register(AuditEntry)
class AuditEntryAdmin(HoldsPersonalData, LongTableAdmin):
    list_display = ("id", "at", "who", "action", "subject", "why", "ip")
    search_help_text = "A subject (market:BTC-USDB, user:7), or the number of an entry"
    readonly_fields = ("changes", "who")
    fields = (
        "action",
        "subject",
        "at",
        "who",
        "changes",
        "ip",
        "user_agent",
        "request_id",
        "previous_hash",
        "hash",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return with_names(super().get_queryset(request))

    def matching(self, term: str) -> Q | None:
        return Q(pk=int(term)) if is_number(term) else Q(subject=term)

    @admin.display(description="who")
    def who(self, entry: AuditEntry) -> str:
        return who_did(entry) + (f", key {entry.key_id}" if entry.key_id else "")

    @admin.display(description="why")
    def why(self, entry: AuditEntry) -> str:
        return str((entry.after or {}).get("reason", ""))[:80]

    @admin.display(description="what changed")
    def changes(self, entry: AuditEntry) -> SafeString | str:
        return difference(entry.before, entry.after)


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(HoldsPersonalData, LongTableAdmin):
    list_display = ("id", "user_id", "key", "status", "claimed_at", "finished_at")
    search_help_text = "user/key, or the number of a record"
    exclude = ("body", "request_digest")

    def matching(self, term: str) -> Q | None:
        user, _, key = term.partition("/")
        if key and is_number(user):
            return Q(user_id=int(user), key=key)
        return super().matching(term)


@admin.register(RecoveryCode)
class RecoveryCodeAdmin(HoldsPersonalData, LongTableAdmin):
    list_display = ("id", "user_id", "used_at")
    exclude = ("code_hash",)


@admin.register(SecurityChange)
class SecurityChangeAdmin(HoldsPersonalData, LongTableAdmin):
    list_display = ("id", "at", "user_id", "kind")
    search_help_text = "A user's number"

    def matching(self, term: str) -> Q | None:
        return Q(user_id=int(term)) if is_number(term) else None
