"""Medians and quartiles of sorted integers, exactly. A value of weight w stands in the list w times."""

from collections.abc import Sequence


def median_floor(ordered: Sequence[int]) -> int:
    """Of an even count: the mean of the two in the middle, rounded down."""
    count = len(ordered)
    middle = count // 2
    return ordered[middle] if count % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def median_ceil(ordered: Sequence[int]) -> int:
    """Of an even count: the mean of the two in the middle, rounded up."""
    count = len(ordered)
    middle = count // 2
    return ordered[middle] if count % 2 else -(-(ordered[middle - 1] + ordered[middle]) // 2)


def half_range_ceil(ordered: Sequence[int]) -> int:
    """Half the interquartile range, rounded up; quartiles by linear interpolation (Hyndman, Fan: type 7)."""
    return -((_quarters(ordered, 1) - _quarters(ordered, 3)) // 8)


def _quarters(ordered: Sequence[int], quartile: int) -> int:
    """Four times the quartile."""
    below, rest = divmod(quartile * (len(ordered) - 1), 4)
    value = 4 * ordered[below]
    return value + rest * (ordered[below + 1] - ordered[below]) if rest else value
