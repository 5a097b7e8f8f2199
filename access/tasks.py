"""What access does on the clock."""

from celery import shared_task
from django.utils import timezone

from access.accounts.logins import forget_old_logins
from access.accounts.mails import forget_old_mails, send_due_mails
from access.idempotency import forget_old_records
from access.notices import reading, sending


@shared_task
def forget_old_idempotency_records() -> int:
    return forget_old_records(now=timezone.now())


@shared_task
def send_notices() -> int:
    """Mails and webhooks that are due, unless a turn is under way."""
    turn = sending.send_due()
    return 0 if turn is None else turn.delivered


@shared_task
def forget_old_notices() -> int:
    return reading.forget_old_notices(now=timezone.now())


@shared_task
def send_account_mails() -> int:
    return send_due_mails(now=timezone.now())


@shared_task
def forget_old_logins_and_mails() -> int:
    """Logins long past, and mails long sent."""
    now = timezone.now()
    return forget_old_logins(now) + forget_old_mails(now)
