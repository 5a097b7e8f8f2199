"""What the name of a source says: its kind, and which pair it gives the price of. Makes no sources."""

import re
from dataclasses import dataclass

from oracle.rules.quotes import BITCOIN, DOLLAR

HOUSE, SIMULATED, RECORDED, PYTH = "house", "simulated", "recorded", "pyth"
MAX_NAME = 80
_PAIR = re.compile(r"([A-Z0-9]{2,10})/([A-Z0-9]{2,10})")
_SYMBOL = re.compile(r"([A-Z0-9]{2,10})-([A-Z0-9]{2,10})")
_KIND = re.compile(r"[a-z][a-z0-9_]{1,30}")
_LABEL = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class NoSource(ValueError):
    """No source can have this name."""


@dataclass(frozen=True, slots=True)
class SourceName:
    """`binance:BTC/USDT` is of kind `binance`; what stands behind the colon is its `label`."""

    kind: str
    label: str
    base: str
    currency: str

    @property
    def is_simulated(self) -> bool:
        """Made up, or of another time: a recording that is played is no price of today."""
        return self.kind in (SIMULATED, RECORDED)

    @property
    def is_counted(self) -> bool:
        """Whether it may move the price of bitcoin: the house's own book never does."""
        return self.kind != HOUSE and self.base == BITCOIN


def read_name(name: str) -> SourceName:
    """Raises NoSource."""
    kind, colon, label = name.partition(":")
    if len(name) > MAX_NAME or not colon or not _KIND.fullmatch(kind):
        raise NoSource(f"{name!r} is not kind:pair")
    if kind in (SIMULATED, RECORDED):
        if not _LABEL.fullmatch(label):
            raise NoSource(f"{name!r} needs a plain word after the colon")
        return SourceName(kind, label, BITCOIN, DOLLAR)
    pair = (_SYMBOL if kind == HOUSE else _PAIR).fullmatch(label)
    if pair is None:
        raise NoSource(f"{name!r} names no pair: {'BTC-USDB' if kind == HOUSE else 'BTC/USD'} is one")
    return SourceName(kind, label, pair[1], pair[2])
