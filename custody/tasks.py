"""What custody does on the clock."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from custody.services.spending.outside import configured_outside
from custody.services.spending.pay import run_once


@shared_task
def pay() -> bool:
    """One turn of spending, unless one is under way. Nothing where custody is off."""
    if not settings.CUSTODY:
        return False
    return run_once(configured_outside(), now=timezone.now()).is_mine
