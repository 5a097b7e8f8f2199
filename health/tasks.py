"""What health does on the clock."""

from celery import shared_task

from health import heartbeat
from health.invariants import verify
from health.registry import Extent
from health.store import open_redis, say_pulse


@shared_task
def verify_invariants() -> int:
    """What can have changed lately, each minute. How many invariants are violated."""
    return sum(1 for outcome in verify(Extent.RECENT) if outcome.violations.count)


@shared_task
def verify_all_invariants() -> int:
    """Everything there ever was, each hour."""
    return sum(1 for outcome in verify(Extent.WHOLE) if outcome.violations.count)


@shared_task
def pulse() -> int:
    """That beat, broker and worker are all there."""
    with open_redis() as redis:
        say_pulse(redis)
    heartbeat.worked()
    return 0
