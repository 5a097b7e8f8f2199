"""Which source a setting names: `simulated`, `recorded:PATH`, or `EXCHANGE:SYMBOL` of an exchange outside."""

from pathlib import Path

from exchange.bots.sources.house_prices import HousePrices
from exchange.bots.sources.outside import OutsideSource, ccxt_exchange
from exchange.bots.sources.recorded_prices import RecordedPrices
from exchange.bots.sources.session import RecordedSession
from exchange.bots.sources.simulated import MadeUpSource
from exchange.bots.sources.source import Source

SIMULATED, RECORDED = "simulated", "recorded"


def make_source(text: str, *, url: str, seed: str) -> Source:
    """`url` of the house, whose price the simulated market is around. Raises ValueError."""
    if text == SIMULATED:
        return MadeUpSource(text, seed, HousePrices(url))
    kind, _, label = text.partition(":")
    if kind == RECORDED:
        path = Path(label)
        return (
            RecordedSession(text, path) if path.is_dir() else MadeUpSource(text, seed, RecordedPrices(path))
        )
    if not label:
        raise ValueError(f"{text!r} is neither simulated, nor recorded:PATH, nor EXCHANGE:SYMBOL")
    ccxt_exchange(kind)
    return OutsideSource(text, label, lambda: ccxt_exchange(kind))
