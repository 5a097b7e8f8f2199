"""A made-up book and flow of trades around a price that somebody else gives: seeded, and alive to look at.

Prices at which somebody quotes stay where they are while the middle moves, as people's orders do; each has a
quantity of its own, which changes from time to time. Nothing of it is kept: what there is follows from the
seed, the price and the time, but for the middle, which follows the price slowly, and for who trades next.
"""

import math
import random
from functools import lru_cache

from exchange.bots.rules.following import OutsideTrade
from exchange.bots.rules.units import E8, Level, OutsideBook
from exchange.engine.types import Side

FINE_LEVELS, COARSE_LEVELS = 13, 9
_COARSE = 10  # fine widths
_WIDTH_PPM = 60
_MEDIAN_QUANTITY_E8 = 6 * E8 // 100
_COARSE_QUANTITY = 5
_QUANTITY_SPREAD = 0.8
_SHORTEST_LIFE_MS, _LONGEST_LIFE_MS = 15_000, 90_000
_FOLLOWED = 0.5  # of the way to the price, in a second
_MEDIAN_TRADE_E8 = 35 * E8 // 10_000
_TRADE_SPREAD = 1.1
_LARGEST_TRADE_E8 = 3 * E8 // 10
_TRADES_A_SECOND = 1.6
_BUSY_PERIOD_MS = 20_000
_MOST_AT_ONCE = 4
_LARGEST_TILT = 0.3


class MadeUpMarket:
    """Told the price and the time, it gives the book, and who has traded since it was asked before."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._chance = _chance(seed)
        self._middle_e8 = 0
        self._time_ms = 0

    def at(self, price_e8: int, time_ms: int) -> tuple[OutsideBook, list[OutsideTrade]]:
        elapsed_ms = min(max(time_ms - self._time_ms, 0), 5_000) if self._time_ms else 0
        before_e8 = self._middle_e8 or price_e8
        step = 1 - (1 - _FOLLOWED) ** (elapsed_ms / 1_000)
        jitter = self._chance.gauss(0, 0.1) * width_of(price_e8) * math.sqrt(elapsed_ms / 1_000)
        self._middle_e8 = max(round(before_e8 + (price_e8 - before_e8) * step + jitter), E8)
        self._time_ms = time_ms
        book = book_around(self._seed, self._middle_e8, time_ms)
        return book, self._trades(book, self._middle_e8 - before_e8, elapsed_ms)

    def _trades(self, book: OutsideBook, moved_e8: int, elapsed_ms: int) -> list[OutsideTrade]:
        """More in busy times, more buyers where the price rises."""
        busy = _chance(self._seed, "busy", self._time_ms // _BUSY_PERIOD_MS).gauss(0, 0.5)
        expected = _TRADES_A_SECOND * math.exp(busy) * elapsed_ms / 1_000
        tilt = moved_e8 / (8 * width_of(self._middle_e8))
        buyers = 0.5 + min(max(tilt, -_LARGEST_TILT), _LARGEST_TILT)
        return [self._trade(book, buyers) for _ in range(self._count(expected))]

    def _count(self, expected: float) -> int:
        """Of a Poisson process."""
        count, left = 0, self._chance.expovariate(1)
        while left < expected and count < _MOST_AT_ONCE:
            count += 1
            left += self._chance.expovariate(1)
        return count

    def _trade(self, book: OutsideBook, buyers: float) -> OutsideTrade:
        side = Side.BUY if self._chance.random() < buyers else Side.SELL
        best = book.asks[0] if side == Side.BUY else book.bids[0]
        quantity = round(_MEDIAN_TRADE_E8 * math.exp(self._chance.gauss(0, _TRADE_SPREAD)))
        return OutsideTrade(side, best.price_e8, min(quantity, _LARGEST_TRADE_E8))


def width_of(price_e8: int) -> int:
    """A round part of the price: 1, 2 or 5 times a power of ten, so that it seldom changes."""
    most = max(price_e8 * _WIDTH_PPM // 1_000_000, 1)
    power = int(10 ** (len(str(most)) - 1))
    return power * next(digit for digit in (5, 2, 1) if digit * power <= most)


def book_around(seed: str, middle_e8: int, time_ms: int) -> OutsideBook:
    fine = width_of(middle_e8)
    return OutsideBook(
        tuple(_half(seed, Side.BUY, middle_e8, fine, time_ms)),
        tuple(_half(seed, Side.SELL, middle_e8, fine, time_ms)),
    )


def _half(seed: str, side: Side, middle_e8: int, fine: int, time_ms: int) -> list[Level]:
    """Many prices near the middle, fewer and larger ones behind them."""
    sign = -1 if side == Side.BUY else 1
    levels: list[Level] = []
    edge_e8 = middle_e8 + sign * fine // 8
    for count, width in ((FINE_LEVELS, fine), (COARSE_LEVELS, fine * _COARSE)):
        wanted = len(levels) + count
        cell = edge_e8 // width
        while len(levels) < wanted and cell > 0:
            price_e8 = _price(seed, width, cell)
            if (price_e8 - edge_e8) * sign > 0:
                levels.append(Level(price_e8, _quantity(seed, side, width, fine, cell, time_ms)))
                edge_e8 = price_e8
            cell += sign
    return levels


@lru_cache(maxsize=4_096)
def _price(seed: str, width: int, cell: int) -> int:
    return cell * width + int(_chance(seed, "price", width, cell).random() * width)


def _quantity(seed: str, side: Side, width: int, fine: int, cell: int, time_ms: int) -> int:
    life_ms, phase_ms = _life(seed, width, cell)
    return _sized(seed, side, width, width > fine, cell, (time_ms + phase_ms) // life_ms)


@lru_cache(maxsize=4_096)
def _life(seed: str, width: int, cell: int) -> tuple[int, int]:
    """How long a quantity stays what it is, and where in that the clock began."""
    chance = _chance(seed, "life", width, cell)
    return chance.randint(_SHORTEST_LIFE_MS, _LONGEST_LIFE_MS), chance.randrange(_LONGEST_LIFE_MS)


@lru_cache(maxsize=4_096)
def _sized(seed: str, side: Side, width: int, coarse: bool, cell: int, epoch: int) -> int:
    chance = _chance(seed, "size", side.name, width, cell, epoch)
    scale = _COARSE_QUANTITY if coarse else 1
    return max(round(_MEDIAN_QUANTITY_E8 * scale * math.exp(chance.gauss(0, _QUANTITY_SPREAD))), 1)


def _chance(*of: object) -> random.Random:
    return random.Random("/".join(map(str, of)))  # noqa: S311 (nothing hangs on it)
