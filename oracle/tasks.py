"""What the oracle does on the clock."""

import time

from celery import shared_task
from django.conf import settings

from oracle.services import retention
from oracle.services.polling_rounds import NS_PER_MS, poll_round
from oracle.source_loop import poll_sources


@shared_task
def poll_prices() -> int:
    """One round, unless one is under way. Nothing where feeds are listened to, or nobody is to be asked."""
    if settings.ORACLE_MODE != "poll" or not settings.ORACLE_SOURCES:
        return 0
    return int(poll_round(poll_sources))


@shared_task
def forget_old_rounds() -> int:
    """Delete rounds that are older than they are kept for."""
    return retention.forget_old_rounds(
        now_ms=time.time_ns() // NS_PER_MS, kept_days=settings.ORACLE_KEPT_DAYS
    )
