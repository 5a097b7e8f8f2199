"""The API of notices: read by any key, chosen by one that trades, sent on to webhooks that a login makes.

A webhook would outlive the key that made it, so it is made from a login alone, as keys are.
"""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import InvalidChoice, NotFound
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, StrictAPIView, admitted, operation
from access.models import Notice, WebhookEndpoint
from access.notices.api_forms import (
    MarkedNoticesDocument,
    NewWebhookDocument,
    NewWebhookForm,
    NoticeChoicesForm,
    NoticesDocument,
    NoticeSettingsDocument,
    NoticesQuery,
    ReadNoticesForm,
    WebhooksDocument,
    WebhookTestDocument,
)
from access.notices.connecting import system_lookup
from access.notices.posting import configured_policy
from access.notices.reading import Choice, choices_of, choosable, choose, mark_read, notices_of
from access.notices.rendering import milliseconds, shown
from access.notices.webhooks import (
    check_url,
    create_webhook,
    delete_webhook,
    live_webhooks,
    request_test,
)
from access.pagination import page_of
from access.parsing import parse_number
from access.services import origin_of

TAGS = ["notices"]


class NoticesEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ, summary="My notices", query=NoticesQuery, answers={200: NoticesDocument}, tags=TAGS
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """Newest first. All that was told stands here, whatever became of mails and webhooks."""
        rows = notices_of(request.caller.user_id, unread_only=request.query["unread"])
        page = page_of(rows, request.query)
        return ApiAnswer({"notices": [_notice(one) for one in page.rows], "next_cursor": page.next_cursor})


class ReadEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE,
        summary="Mark notices as read",
        body=ReadNoticesForm,
        answers={200: MarkedNoticesDocument},
        tags=TAGS,
    )
    def post(self, request: ApiRequest) -> ApiAnswer:
        """Those that are named, or one and all older ones. What is not yours is passed over."""
        body = request.body
        marked = mark_read(
            user_id=request.caller.user_id, now=timezone.now(), ids=body["ids"], up_to=body["up_to"]
        )
        return ApiAnswer({"marked": marked})


class SettingsEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="What I am told by which channel",
        answers={200: NoticeSettingsDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer(_settings(request.caller.user_id))

    @operation(
        scope=Scope.TRADE,
        summary="Choose what I am told by which channel",
        body=NoticeChoicesForm,
        answers={200: NoticeSettingsDocument},
        tags=TAGS,
    )
    def put(self, request: ApiRequest) -> ApiAnswer:
        """Of the kinds that are named. The list of notices has all of them always."""
        chosen = [Choice(**one) for one in request.body["choices"]]
        known = {kind.name for kind in choosable()}
        for index, one in enumerate(chosen):
            if one.kind not in known:
                raise InvalidChoice("There is no such kind of notice.", field=f"choices[{index}].kind")
        last = {one.kind: one for one in chosen}
        choose(user_id=request.caller.user_id, choices=last.values(), origin=origin_of(request))
        return ApiAnswer(_settings(request.caller.user_id))


class WebhooksEndpoint(AsyncEndpoint):
    @operation(scope=Scope.READ, summary="My webhooks", answers={200: WebhooksDocument}, tags=TAGS)
    def get(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"webhooks": [_webhook(one) for one in live_webhooks(request.caller.user_id)]})

    @operation(
        scope=None,
        session_only=True,
        summary="Have notices sent to a URL",
        body=NewWebhookForm,
        answers={201: NewWebhookDocument},
        cost=10,
        tags=TAGS,
    )
    def post(self, request: ApiRequest) -> ApiAnswer:
        """Only from a login: a webhook would outlive the key that made it. HTTPS at port 443 of a public
        address; at most five. What is sent is signed with the secret, by the Standard Webhooks."""
        url = request.body["url"]
        check_url(url, configured_policy(), system_lookup)
        new = create_webhook(
            user_id=request.caller.user_id,
            url=url,
            label=request.body["label"],
            now=timezone.now(),
            origin=origin_of(request),
        )
        return ApiAnswer({**_webhook(new.endpoint), "secret": new.secret}, status=201)


class WebhookView(StrictAPIView):
    @operation(scope=Scope.TRADE, summary="Delete a webhook", answers={204: None}, tags=TAGS)
    def delete(self, request: Request, webhook_id: str) -> Response:
        """A key that only reads does not do it: it would silence what its owner is told."""
        wanted = admitted(request)
        delete_webhook(
            user_id=wanted.caller.user_id,
            webhook_id=_number(webhook_id),
            now=timezone.now(),
            origin=origin_of(wanted),
        )
        return Response(status=204)


class WebhookTestEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.TRADE, summary="Try a webhook", answers={202: WebhookTestDocument}, cost=10, tags=TAGS
    )
    def post(self, request: ApiRequest, webhook_id: str) -> ApiAnswer:
        """Sends one notice there within seconds, and does not repeat it. The list of webhooks says what
        became of it. An answer to it switches on again what was switched off."""
        notice = request_test(
            user_id=request.caller.user_id, webhook_id=_number(webhook_id), now=timezone.now()
        )
        return ApiAnswer({"notice_id": str(notice.pk)}, status=202)


def _number(text: str) -> int:
    return parse_number(text, field="webhook_id", absent=NotFound)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def _notice(row: Notice) -> dict[str, object]:
    return {**shown(row), "read_at_ms": _milliseconds(row.read_at)}


def _settings(user_id: int) -> dict[str, object]:
    about = {kind.name: kind.about for kind in choosable()}
    return {
        "email": get_user_model().objects.values_list("email", flat=True).get(pk=user_id),
        "choices": [
            {
                "kind": one.kind,
                "about": about[one.kind],
                "by_email": one.by_email,
                "by_webhook": one.by_webhook,
            }
            for one in choices_of(user_id)
        ],
    }


def _webhook(row: WebhookEndpoint) -> dict[str, object]:
    return {
        "webhook_id": str(row.pk),
        "url": row.url,
        "label": row.label,
        "is_enabled": row.disabled_at is None,
        "failures": row.failures,
        "last_error": row.last_error,
        "created_at_ms": milliseconds(row.created_at),
        "last_tried_at_ms": _milliseconds(row.last_tried_at),
        "last_success_at_ms": _milliseconds(row.last_success_at),
    }
