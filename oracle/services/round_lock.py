"""The lock that makes one process the only one that makes rounds."""

from contextlib import AbstractContextManager

from access.exclusive import alone

ROUND_LOCK = 0x_BA_11_04_AC  # nobody else's advisory lock


def round_lock() -> AbstractContextManager[bool]:
    """Whether rounds are the caller's to make until the block ends.

    They are written through the connection that has the lock: who has lost the lock can write none.
    """
    return alone(ROUND_LOCK)
