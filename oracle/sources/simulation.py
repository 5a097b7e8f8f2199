"""The made-up price of bitcoin that all simulated feeds of one seed share, at any moment.

Layers of noise, each of twice the period of the one before, add up to a walk that stays around its middle
for ever and need not be walked from its beginning. What is shorter than an hour is louder when volatility is
high, which is a slow noise of its own; jumps come about twice a day and wear off. Binary fractions are used
in here; what leaves is whole cents.
"""

import math
from functools import lru_cache

from oracle.sources.chance import noise, normal, uniform

_SECOND_MS = 1000
_LAYERS = [_SECOND_MS * 2**power for power in range(23)]  # up to 48 days
_HOUR_MS = 3_600_000
_YEAR_MS = 365 * 24 * _HOUR_MS
_YEARLY_VOLATILITY = 0.6
_LAYER_SCALE = 0.36  # by which a minute changes about as much as the volatility says
_CALM_LAYERS_MS = [3 * _HOUR_MS, 24 * _HOUR_MS, 9 * 24 * _HOUR_MS]
_VOLATILITY_OF_VOLATILITY = 0.35
_JUMP_WINDOW_MS = 600_000
_JUMP_CHANCE = 2 / 144  # of a window, of which a day has 144
_JUMP_SCALE = 0.006
_LARGEST_JUMP = 0.04  # well below what halts or pauses anything
_JUMP_HALF_LIFE_MS = 1_800_000
_JUMP_MEMORY = 36  # windows: by then a jump has shrunk to a 4,000th


def volatility(seed: str, time_ms: int) -> float:
    """Around 1: how much louder or calmer it is than usual."""
    layers = (noise(f"{seed}/calm/{period}", time_ms, period) for period in _CALM_LAYERS_MS)
    return math.exp(_VOLATILITY_OF_VOLATILITY * sum(layers))


def price_cents(seed: str, middle_price: int, time_ms: int) -> int:
    """The latent price in whole cents, at least one."""
    loudness = volatility(seed, time_ms)
    logarithm = jumps(seed, time_ms)
    for period in _LAYERS:
        scale = _YEARLY_VOLATILITY * math.sqrt(period / _YEAR_MS) * _LAYER_SCALE
        logarithm += (
            scale * noise(f"{seed}/{period}", time_ms, period) * (loudness if period < _HOUR_MS else 1)
        )
    return max(round(middle_price * 100 * math.exp(logarithm)), 1)


def jumps(seed: str, time_ms: int) -> float:
    """What is left of the jumps of the last hours, as a change of the logarithm."""
    last = time_ms // _JUMP_WINDOW_MS
    left = 0.0
    for window in range(last - _JUMP_MEMORY, last + 1):
        size, at_ms = _jump(seed, window)
        if size and at_ms <= time_ms:
            left += size * 0.5 ** ((time_ms - at_ms) / _JUMP_HALF_LIFE_MS)
    return left


@lru_cache(maxsize=512)
def _jump(seed: str, window: int) -> tuple[float, int]:
    """How large the jump of a window is, and when; 0: there is none. Large ones are rare."""
    if uniform(f"{seed}/jump", window) > _JUMP_CHANCE:
        return 0.0, 0
    size = -math.log(uniform(f"{seed}/size", window)) * _JUMP_SCALE
    direction = 1 if normal(f"{seed}/direction", window) > 0 else -1
    at_ms = window * _JUMP_WINDOW_MS + int(uniform(f"{seed}/when", window) * _JUMP_WINDOW_MS)
    return direction * min(size, _LARGEST_JUMP), at_ms
