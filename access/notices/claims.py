"""Whose turn it is: what is due is claimed, each delivery by one sender, and what became of it is written.

A claim moves `next_at` on by a lease. So a sender that dies gives back what it had, and what it may have sent
is sent again, under the same id.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from access.models import DeliveryStatus, NoticeDelivery, WebhookEndpoint
from access.notices.backoff import MAX_ATTEMPTS, delay_after
from access.notices.endpoints import note_failure, note_success
from access.notices.outcomes import Outcome
from access.notices.services import notify

LEASE = timedelta(seconds=60)

# The webhooks for which anything waits are found by leaps through the index, whoever has how much in it. Of
# each comes what is oldest, first for those that took what they were sent last.
_WEBHOOKS_DUE = """
WITH RECURSIVE hooks (id) AS (
    SELECT min(endpoint_id) FROM access_noticedelivery WHERE status = 'WAITING' AND channel = 'WEBHOOK'
    UNION ALL
    SELECT (
        SELECT min(endpoint_id) FROM access_noticedelivery
        WHERE status = 'WAITING' AND channel = 'WEBHOOK' AND endpoint_id > hooks.id
    )
    FROM hooks WHERE hooks.id IS NOT NULL
)
SELECT first.id
FROM hooks
JOIN access_webhookendpoint AS hook ON hook.id = hooks.id AND hook.deleted_at IS NULL
CROSS JOIN LATERAL (
    SELECT id, next_at FROM access_noticedelivery
    WHERE endpoint_id = hook.id AND status = 'WAITING' AND channel = 'WEBHOOK' AND next_at <= %(now)s
        AND (is_test OR (hook.disabled_at IS NULL AND coalesce(hook.paused_until <= %(now)s, true)))
    ORDER BY is_test DESC, next_at LIMIT 1
) AS first
WHERE hook.id <> ALL(%(busy)s::bigint[]) AND hook.user_id <> ALL(%(busy_users)s::bigint[])
ORDER BY hook.failures > 0, first.next_at
LIMIT %(most)s"""
_MAILS_DUE = """
SELECT id FROM access_noticedelivery
WHERE status = 'WAITING' AND channel = 'EMAIL' AND next_at <= %(now)s
ORDER BY next_at LIMIT %(most)s FOR UPDATE SKIP LOCKED"""


@dataclass(frozen=True, slots=True)
class Busy:
    """What this sender has under way: a webhook gets one thing at a time, a user only so many."""

    endpoints: Collection[int] = ()
    users: Collection[int] = ()


@transaction.atomic
def claim_webhooks(*, now: datetime, most: int, busy: Busy) -> list[NoticeDelivery]:
    due = {"now": now, "most": most, "busy": list(busy.endpoints), "busy_users": list(busy.users)}
    return _claimed(_ids(_WEBHOOKS_DUE, due), now)


@transaction.atomic
def claim_mails(*, now: datetime, most: int) -> list[NoticeDelivery]:
    return _claimed(_ids(_MAILS_DUE, {"now": now, "most": most}), now)


def _ids(query: str, values: dict[str, object]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)  # type: ignore[arg-type]  # lists are arrays to PostgreSQL
        return [row[0] for row in cursor.fetchall()]


def _claimed(ids: list[int], now: datetime) -> list[NoticeDelivery]:
    """Those that nobody else has claimed meanwhile."""
    if not ids:
        return []
    waiting = NoticeDelivery.objects.filter(pk__in=ids, status=DeliveryStatus.WAITING, next_at__lte=now)
    rows = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("notice__user", "endpoint")
        .order_by("pk")
    )
    for row in rows:
        row.attempts += 1
        row.next_at = now + LEASE
    NoticeDelivery.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


@transaction.atomic
def finish(delivery: NoticeDelivery, outcome: Outcome, now: datetime) -> bool:
    """False: its lease had ended, and it was somebody else's already, or its webhook was deleted."""
    # The webhook before its deliveries, as who deletes it.
    hooks = WebhookEndpoint.objects.select_for_update(no_key=True)
    endpoint = None if delivery.endpoint_id is None else hooks.get(pk=delivery.endpoint_id)
    mine = NoticeDelivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, status=DeliveryStatus.WAITING
    )
    row = mine.select_for_update(no_key=True).first()
    if row is None:
        return False
    _write(row, outcome, now)
    if endpoint is not None and not outcome.error:
        note_success(endpoint, now, is_test=row.is_test)
    elif endpoint is not None:
        is_hopeless = row.attempts >= MAX_ATTEMPTS <= endpoint.failures + 1
        notify(note_failure(endpoint, outcome, now, is_hopeless=is_hopeless))
    return True


def _write(row: NoticeDelivery, outcome: Outcome, now: datetime) -> None:
    row.last_error = outcome.error
    delay = None if outcome.is_permanent or row.is_test else delay_after(row.attempts)
    if not outcome.error:
        row.status, row.finished_at = DeliveryStatus.DELIVERED, now
    elif delay is None:
        row.status, row.finished_at = DeliveryStatus.FAILED, now
    else:
        row.next_at = now + delay
    row.save(update_fields=["status", "finished_at", "next_at", "last_error"])
