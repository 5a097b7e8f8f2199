"""Engine numbers as people read them, and back: decimals of a market and of an asset, times, names."""

import time
from dataclasses import dataclass, field

from access.operator_units import at, scaled
from exchange.models import Market
from ledger.money import format_atoms
from ledger.selectors import assets

__all__ = ["amount", "at", "market_named", "market_numbered", "price", "quantity", "quote_amount", "scaled"]

FRESH_S = 5.0


@dataclass(slots=True)
class _Known:
    """The markets and the assets' decimals as last read: a page of rows needs them for each."""

    markets: dict[int, Market] = field(default_factory=dict)
    symbols: dict[str, Market] = field(default_factory=dict)
    decimals: dict[str, int] = field(default_factory=dict)
    read_at: float = float("-inf")


_known = _Known()


def _fresh() -> _Known:
    if time.monotonic() - _known.read_at > FRESH_S:
        _known.markets = {market.pk: market for market in Market.objects.all()}
        _known.symbols = {market.symbol: market for market in _known.markets.values()}
        _known.decimals = {code: asset.decimals for code, asset in assets().items()}
        _known.read_at = time.monotonic()
    return _known


def market_named(symbol: str) -> Market | None:
    return _fresh().symbols.get(symbol)


def market_numbered(number: int) -> Market | None:
    return _fresh().markets.get(number)


def price(ticks: int, market: Market | None) -> str:
    return f"{ticks} ticks" if market is None else format_atoms(ticks, market.price_decimals)


def quantity(lots: int, market: Market | None) -> str:
    return f"{lots} lots" if market is None else format_atoms(lots, market.quantity_decimals)


def quote_amount(atoms: int, market: Market | None) -> str:
    if market is None:
        return f"{atoms} atoms"
    return f"{format_atoms(atoms, market.quote_decimals)} {market.quote_asset}"


def amount(atoms: int, asset: str) -> str:
    decimals = _fresh().decimals.get(asset)
    return f"{atoms} atoms of {asset}" if decimals is None else f"{format_atoms(atoms, decimals)} {asset}"
