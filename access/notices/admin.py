"""Notices, webhooks and what became of what was sent, for reading. No secret is shown."""

from django.contrib import admin
from django.db.models import Q

from access.models import Notice, NoticeChoice, NoticeDelivery, WebhookEndpoint
from access.read_only import LongTableAdmin, is_number
from access.views_of_people import HoldsPersonalData


class _OfUsers(HoldsPersonalData, LongTableAdmin):
    search_help_text = "A user's number"

    def matching(self, term: str) -> Q | None:
        return Q(user_id=int(term)) if is_number(term) else None


class NoticeAdmin(_OfUsers):
    list_display = ("id", "created_at", "user_id", "kind", "text", "read_at")
    search_help_text = "A user's number, or the key of a notice"

    def matching(self, term: str) -> Q | None:
        return super().matching(term) or Q(key=term)


class NoticeChoiceAdmin(_OfUsers):
    list_display = ("id", "user_id", "kind", "by_email", "by_webhook")


class WebhookEndpointAdmin(_OfUsers):
    list_display = ("id", "user_id", "url", "failures", "last_error", "disabled_at", "deleted_at")
    list_filter = (("disabled_at", admin.EmptyFieldListFilter), ("deleted_at", admin.EmptyFieldListFilter))
    exclude = ("encrypted_secret",)


class NoticeDeliveryAdmin(HoldsPersonalData, LongTableAdmin):
    person_field = ""
    list_display = (
        "id",
        "created_at",
        "channel",
        "notice_id",
        "endpoint_id",
        "status",
        "attempts",
        "last_error",
    )
    list_filter = ("channel", "status")
    search_help_text = "A notice's number"

    def matching(self, term: str) -> Q | None:
        return Q(notice_id=int(term)) if is_number(term) else None


ADMINS = {
    Notice: NoticeAdmin,
    NoticeChoice: NoticeChoiceAdmin,
    WebhookEndpoint: WebhookEndpointAdmin,
    NoticeDelivery: NoticeDeliveryAdmin,
}
