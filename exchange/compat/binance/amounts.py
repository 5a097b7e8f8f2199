"""The one place where prices, quantities and money become text for this surface: as Binance writes them, with
eight decimals, whatever their market has. Clients compare the text: "0.00000000" is nothing. Pure.
"""

from collections.abc import Iterable

from exchange.models import Market
from ledger.money import format_atoms

PLACES = 8
NOTHING = format_atoms(0, PLACES)


def amount_text(atoms: int, decimals: int) -> str:
    """Where the asset has more places than eight, it keeps them: nothing is ever rounded."""
    if not atoms:
        return NOTHING
    if decimals < PLACES:
        return format_atoms(atoms * 10 ** (PLACES - decimals), PLACES)
    return format_atoms(atoms, decimals)


def price_text(market: Market, ticks: int) -> str:
    return amount_text(ticks, market.price_decimals)


def quantity_text(market: Market, lots: int) -> str:
    return amount_text(lots, market.quantity_decimals)


def quote_text(market: Market, atoms: int) -> str:
    return amount_text(atoms, market.quote_decimals)


def level_texts(levels: Iterable[tuple[int, int]], market: Market) -> list[list[str]]:
    """As [price, quantity] pairs, in their order."""
    return [[price_text(market, ticks), quantity_text(market, lots)] for ticks, lots in levels]
