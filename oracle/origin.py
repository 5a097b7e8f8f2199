"""Where what is shown of the price came from."""

from enum import StrEnum


class Origin(StrEnum):
    LIVE = "LIVE"  # announced round by round
    STORED = "STORED"  # read from the latest committed round
