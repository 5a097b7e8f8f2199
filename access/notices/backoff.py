"""When a delivery that failed is tried again, and how long a webhook that fails is left alone. Pure."""

from datetime import timedelta

# Eight attempts within a day: what was away for a moment hears soon, what is away for a night hears it all.
DELAYS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1_800, 7_200, 6 * 3_600, 15 * 3_600))
MAX_ATTEMPTS = len(DELAYS) + 1
LONGEST_PAUSE = timedelta(minutes=5)


def delay_after(attempts: int) -> timedelta | None:
    """None: that was the last one."""
    return DELAYS[attempts - 1] if attempts < MAX_ATTEMPTS else None


def pause_after(failures: int) -> timedelta:
    """All deliveries of a webhook wait with one that failed: 5 s, then twice that, up to 5 minutes."""
    return min(timedelta(seconds=5 << min(failures - 1, 10)), LONGEST_PAUSE)
