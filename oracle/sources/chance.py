"""Chance that depends on a seed and a place alone: the same in every process, at any time, in any order."""

import hashlib
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()


@lru_cache(maxsize=8192)
def uniform(seed: str, place: int) -> float:
    """Above 0 and below 1."""
    digest = hashlib.blake2b(f"{seed}/{place}".encode(), digest_size=6).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**48


@lru_cache(maxsize=8192)
def normal(seed: str, place: int) -> float:
    """Of mean 0 and deviation 1, between -7 and 7."""
    return _NORMAL.inv_cdf(uniform(seed, place))


def noise(seed: str, time_ms: int, period_ms: int) -> float:
    """A line through independent normal values, one for each period."""
    place, within = divmod(time_ms, period_ms)
    share = within / period_ms
    return normal(seed, place) * (1 - share) + normal(seed, place + 1) * share
