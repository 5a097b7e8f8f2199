"""What the ledger does on the clock."""

from celery import shared_task
from django.utils import timezone

from ledger.services import expire_pending


@shared_task
def expire_due_transfers() -> int:
    """Release what was set aside for transfers whose time is up."""
    return expire_pending(now=timezone.now())
