"""Amounts and ratios as decimal strings, as refusals, notices and answers say them."""

from ledger.money import format_atoms

BTC_DECIMALS = USDB_DECIMALS = 8
RATIO_DECIMALS = 6


def bitcoin(sats: int) -> str:
    return format_atoms(sats, BTC_DECIMALS)


def dollars(atoms: int) -> str:
    return format_atoms(atoms, USDB_DECIMALS)


def ratio_text(ppm: int | None) -> str | None:
    """1.5 is 150 %: (1_500_000) -> "1.500000". None where nothing is owed."""
    return None if ppm is None else format_atoms(ppm, RATIO_DECIMALS)
