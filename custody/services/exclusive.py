"""What one process of custody does at a time (`access.exclusive`)."""

from enum import IntEnum


class Job(IntEnum):
    """Each by its advisory lock, which is nobody else's."""

    PAYING = 0x_BA_11_9A_75
    WATCHING = 0x_BA_11_C0_1A
