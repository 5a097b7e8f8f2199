"""The list of a user's notices, and what he has chosen for their kinds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from access.models import DeliveryStatus, Notice, NoticeChoice, NoticeDelivery, WebhookEndpoint
from access.notices.kinds import WEBHOOK_TEST, NoticeKind, all_kinds
from access.services import Origin, record_audit

KEPT = timedelta(days=180)
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Choice:
    """By which channels one kind goes; it stands in the list of notices always."""

    kind: str
    by_email: bool = True
    by_webhook: bool = True


def notices_of(user_id: int, *, unread_only: bool = False) -> QuerySet[Notice]:
    rows = Notice.objects.filter(user_id=user_id)
    return rows.filter(read_at__isnull=True) if unread_only else rows


def mark_read(*, user_id: int, now: datetime, ids: Sequence[int] = (), up_to: int | None = None) -> int:
    """Those of `ids`, and all up to a number. Gives how many were unread; another's are passed over."""
    unread = notices_of(user_id, unread_only=True)
    rows = unread.filter(pk__in=ids)
    if up_to is not None:
        rows = rows | unread.filter(pk__lte=up_to)
    return rows.update(read_at=now)


def choosable() -> list[NoticeKind]:
    """A test is never chosen: it goes where it is sent."""
    return [kind for kind in all_kinds().values() if kind.name != WEBHOOK_TEST]


def choices_of(user_id: int) -> list[Choice]:
    """Of every kind there is."""
    made = {row.kind: row for row in NoticeChoice.objects.filter(user_id=user_id)}
    return [_choice(kind.name, made.get(kind.name)) for kind in choosable()]


def _choice(kind: str, row: NoticeChoice | None) -> Choice:
    return Choice(kind) if row is None else Choice(kind, row.by_email, row.by_webhook)


@transaction.atomic
def choose(*, user_id: int, choices: Iterable[Choice], origin: Origin) -> None:
    """Of the kinds that are named; the others stay as they are."""
    before = {choice.kind: choice for choice in choices_of(user_id)}
    changed = [choice for choice in choices if before.get(choice.kind) != choice]
    if not changed:
        return
    NoticeChoice.objects.bulk_create(
        [
            NoticeChoice(user_id=user_id, kind=one.kind, by_email=one.by_email, by_webhook=one.by_webhook)
            for one in changed
        ],
        update_conflicts=True,
        unique_fields=["user_id", "kind"],
        update_fields=["by_email", "by_webhook"],
    )
    record_audit(
        origin=origin,
        action="notices.chosen",
        subject=f"user:{user_id}",
        before={one.kind: _words(before[one.kind]) for one in changed if one.kind in before},
        after={one.kind: _words(one) for one in changed},
    )


def _words(choice: Choice) -> list[str]:
    ways = {"EMAIL": choice.by_email, "WEBHOOK": choice.by_webhook}
    return [channel for channel, is_on in ways.items() if is_on]


@transaction.atomic
def forget_old_notices(*, now: datetime) -> int:
    """At most BATCH of those older than KEPT, and deleted webhooks that nothing names any more."""
    old = Notice.objects.filter(created_at__lt=now - KEPT).order_by("created_at")[:BATCH]
    ids = list(old.values_list("pk", flat=True))
    NoticeDelivery.objects.filter(notice_id__in=ids).delete()
    Notice.objects.filter(pk__in=ids).delete()
    used = NoticeDelivery.objects.filter(endpoint__isnull=False).values("endpoint_id")
    WebhookEndpoint.objects.filter(deleted_at__isnull=False).exclude(pk__in=used).delete()
    return len(ids)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits to be sent by one channel; `late` is the time at which the oldest of it was made."""

    waiting: int
    oldest: datetime | None


def fresh_backlog() -> Backlog:
    """Of what was never tried: what a receiver refuses waits for its own reasons."""
    rows = NoticeDelivery.objects.filter(status=DeliveryStatus.WAITING, attempts=0)
    first = rows.order_by("created_at").values_list("created_at", flat=True).first()
    return Backlog(rows.count(), first)
