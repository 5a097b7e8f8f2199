"""What of accounts waits for people: mails that reach nobody, webhooks that fail, requests left half done."""

from datetime import timedelta

from django.utils import timezone

from access.cockpit import Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import ago, counted, list_url, row_url, work_of
from access.models import (
    AccountMail,
    DeliveryStatus,
    IdempotencyRecord,
    NoticeChannel,
    NoticeDelivery,
    WebhookEndpoint,
)

RECENT = timedelta(days=1)
LEFT = timedelta(minutes=5)  # no request takes so long
FAILING = 3  # failures in a row


def undelivered(operator_id: int) -> Work:
    """Few lines whatever is broken: a mail server that is away fails a thousand times in an hour."""
    now = timezone.now()
    since = now - RECENT
    mails = AccountMail.objects.filter(sent_at__isnull=True, next_at__isnull=True, created_at__gt=since)
    notices = NoticeDelivery.objects.filter(
        status=DeliveryStatus.FAILED, channel=NoticeChannel.EMAIL, finished_at__gt=since
    )
    items = []
    first_mail = mails.order_by("created_at").first()
    if first_mail is not None:
        items.append(
            WorkItem(
                title=f"{counted(mails)} mails about accounts were given up",
                since=first_mail.created_at,
                url=list_url(AccountMail),
                reasons=[first_mail.last_error or "Nothing was said why"],
            )
        )
    first = notices.order_by("finished_at").first()
    if first is not None:
        items.append(
            WorkItem(
                title=f"{counted(notices)} mails with notices were not delivered",
                since=first.created_at,
                url=list_url(NoticeDelivery, channel__exact="EMAIL", status__exact="FAILED"),
                reasons=[first.last_error or "Nothing was said why"],
            )
        )
    return Work(items, len(items))


def webhooks(operator_id: int) -> Work:
    live = WebhookEndpoint.objects.filter(deleted_at__isnull=True)
    failing = live.filter(failures__gte=FAILING).order_by("pk")
    first = failing.first()
    if first is None:
        return Work([], 0)
    return Work(
        [
            WorkItem(
                title=f"{counted(failing)} webhooks of customers fail",
                since=first.last_success_at or first.created_at,
                url=list_url(WebhookEndpoint, deleted_at__isempty="1"),
                reasons=["Their owners are told; many at once may be our own network"],
                urgency=Urgency.LATER,
            )
        ],
        1,
    )


def half_done(operator_id: int) -> Work:
    """Who repeats such a request is told that its outcome is unknown."""
    now = timezone.now()
    rows = IdempotencyRecord.objects.filter(finished_at__isnull=True, claimed_at__lt=now - LEFT)

    def item(row: IdempotencyRecord) -> WorkItem:
        return WorkItem(
            title=f"Unknown outcome: request {row.key} of user {row.user_id}",
            since=row.claimed_at,
            url=row_url(row),
            reasons=[f"It was begun {ago(row.claimed_at, now)} ago and never ended"],
            urgency=Urgency.LATER,
        )

    return work_of(rows.order_by("claimed_at", "pk"), item)


WORK = (
    WorkSource(
        name="mails",
        title="Mails that reach nobody",
        permission="access.view_noticedelivery",
        look=undelivered,
        nothing="mails are delivered",
        all_url=lambda: list_url(NoticeDelivery),
    ),
    WorkSource(
        name="half_done",
        title="Requests without an outcome",
        permission="access.view_idempotencyrecord",
        look=half_done,
        nothing="no request is left half done",
        all_url=lambda: list_url(IdempotencyRecord),
    ),
    WorkSource(
        name="webhooks",
        title="Webhooks that fail",
        permission="access.view_webhookendpoint",
        look=webhooks,
        nothing="no webhook fails",
        all_url=lambda: list_url(WebhookEndpoint),
    ),
)
