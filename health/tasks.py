"""What health does on the clock."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from health import heartbeat
from health.alerting import notifier
from health.invariants import is_due, verify
from health.registry import Extent
from health.store import open_redis, say_pulse

WHOLE_EVERY = timedelta(hours=1)


@shared_task
def verify_invariants() -> int:
    """What can have changed lately, each minute. How many invariants are violated."""
    return sum(1 for outcome in verify(Extent.RECENT) if outcome.violations.count)


@shared_task
def verify_all_invariants() -> int:
    """Everything there ever was, when that is an hour ago. Asked each minute: beat may have begun anew."""
    if not is_due(Extent.WHOLE, every=WHOLE_EVERY):
        return 0
    return sum(1 for outcome in verify(Extent.WHOLE) if outcome.violations.count)


@shared_task
def notify_alerts() -> int:
    """A turn of the notifier, unless another process is at it. How many messages were taken."""
    return notifier.run_once(notifier.own_examiner(), timezone.now()) or 0


@shared_task
def pulse() -> int:
    """That beat, broker and worker are all there."""
    with open_redis() as redis:
        say_pulse(redis)
    heartbeat.worked()
    return 0
