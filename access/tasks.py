"""What access does on the clock."""

from celery import shared_task
from django.utils import timezone

from access.idempotency import forget_old_records


@shared_task
def forget_old_idempotency_records() -> int:
    return forget_old_records(now=timezone.now())
