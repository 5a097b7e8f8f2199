"""What the exchange does on the clock. The engine needs none of it: its own time comes with its commands."""

import time

from celery import shared_task

from exchange.rendering import NS_PER_MS
from exchange.services import house_quotes, reference_prices, retention, tiers


@shared_task
def review_fee_tiers() -> int:
    """Put accounts into the fee tier of their volume."""
    return tiers.review_fee_tiers(now_ns=time.time_ns())


@shared_task
def forget_account_messages() -> int:
    """Delete messages of accounts that nobody can ask for any more."""
    return retention.forget_account_messages(now_ns=time.time_ns())


@shared_task
def hand_in_house_quotes() -> int:
    """Tell the oracle what the house's own books say."""
    return house_quotes.hand_in_house_quotes(now_ms=time.time_ns() // NS_PER_MS)


@shared_task
def follow_the_oracle() -> int:
    """Keep the reference prices of markets with a band at the oracle's price."""
    return reference_prices.follow_the_oracle(now_ms=time.time_ns() // NS_PER_MS)
