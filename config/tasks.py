"""What the house as a whole does on the clock."""

from celery import shared_task
from django.utils import timezone

from config.backups.running import back_up_if_due


@shared_task
def back_up() -> int:
    """Asked each minute; a backup is made when the latest is an hour old."""
    return int(back_up_if_due(timezone.now()))
