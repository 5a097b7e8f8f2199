"""What the oracle does on the clock."""

from celery import shared_task


@shared_task
def poll_prices() -> int:
    """One round of all sources, unless one is under way."""
    return 0


@shared_task
def forget_old_rounds() -> int:
    """Delete rounds that are older than they are kept for."""
    return 0
