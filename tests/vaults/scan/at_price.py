"""Prices to the last unit, and what the scan makes of them."""

from dataclasses import replace
from datetime import datetime

from oracle.rules import Band, PriceView
from tests.vaults.support.prices import keep, view_at
from tests.vaults.support.rows import NOON
from vaults.models import Vault
from vaults.services.scanning import Scan, run_once


def confirmed(price_e8: int, now: datetime = NOON, *, confidence_e8: int = 0) -> PriceView:
    """Fresh at `now`, by two rounds that say the same."""
    view = view_at(0, now)
    band = Band(price_e8, confidence_e8, view.round_ms)
    return replace(view, last=band, confirming=replace(band, time_ms=view.round_ms - 2_000), twap_e8=price_e8)


def price(price_e8: int, now: datetime = NOON, *, confidence_e8: int = 0) -> PriceView:
    view = confirmed(price_e8, now, confidence_e8=confidence_e8)
    keep(view)
    return view


def scan_at(price_e8: int, *, confidence_e8: int = 0, chunk: int = 500) -> Scan:
    price(price_e8, confidence_e8=confidence_e8)
    return run_once(NOON, chunk=chunk)


def status(vault: Vault) -> str:
    vault.refresh_from_db()
    return vault.status
