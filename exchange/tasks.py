"""What the exchange does on the clock. The engine needs none of it: its own time comes with its commands."""

import time

from celery import shared_task

from exchange.services import retention, tiers


@shared_task
def review_fee_tiers() -> int:
    """Put accounts into the fee tier of their volume."""
    return tiers.review_fee_tiers(now_ns=time.time_ns())


@shared_task
def forget_account_messages() -> int:
    """Delete messages of accounts that nobody can ask for any more."""
    return retention.forget_account_messages(now_ns=time.time_ns())
