"""Whether the price has moved too far within a window. Knows accepted prices only; pauses nobody."""

from collections import deque
from dataclasses import dataclass

from oracle.rules.policy import Breaker
from oracle.rules.quotes import PPM


@dataclass(frozen=True, slots=True)
class Trip:
    """`move_ppm` is signed, from the window's price that lies furthest away."""

    from_e8: int
    to_e8: int
    move_ppm: int


class MoveWindow:
    """The highest and the lowest price of a window, each in constant time on average.

    `_highs` falls and `_lows` rises from front to back: what a later price has surpassed can never be the
    extreme again. The end of the window belongs to it.
    """

    __slots__ = ("_highs", "_lows")

    def __init__(self) -> None:
        self._highs: deque[tuple[int, int]] = deque()
        self._lows: deque[tuple[int, int]] = deque()

    def clear(self) -> None:
        self._highs.clear()
        self._lows.clear()

    def add(self, time_ms: int, price_e8: int, breaker: Breaker) -> Trip | None:
        """Times never go back."""
        oldest_ms = time_ms - breaker.window_ms
        highs, lows = self._highs, self._lows
        while highs and highs[0][0] < oldest_ms:
            highs.popleft()
        while lows and lows[0][0] < oldest_ms:
            lows.popleft()
        while highs and highs[-1][1] <= price_e8:
            highs.pop()
        while lows and lows[-1][1] >= price_e8:
            lows.pop()
        highs.append((time_ms, price_e8))
        lows.append((time_ms, price_e8))
        return _trip(highs[0][1], price_e8, breaker) or _trip(lows[0][1], price_e8, breaker)


def _trip(from_e8: int, to_e8: int, breaker: Breaker) -> Trip | None:
    if abs(to_e8 - from_e8) * PPM <= from_e8 * breaker.move_ppm:
        return None
    return Trip(from_e8, to_e8, (to_e8 - from_e8) * PPM // from_e8)
