"""Vaults at the head of the operators' home: what they owe, what stands behind it, and the lowest ratio."""

from django.utils import timezone

from access.cockpit import Figure, FigureSource
from access.cockpit_links import list_url
from vaults.models import Vault
from vaults.reserves.cached import Cached
from vaults.rules.moments import milliseconds
from vaults.rules.statuses import VaultStatus
from vaults.rules.texts import bitcoin, dollars
from vaults.selectors_health import lowest_ratio_ppm
from vaults.selectors_totals import vault_totals

FRESH_SECONDS = 10


def _debt() -> list[Figure]:
    found = vault_totals()
    states = found.by_status
    wrong = [
        f"{states[one]} {one.lower()}" for one in (VaultStatus.LIQUIDATING, VaultStatus.FROZEN) if states[one]
    ]
    ratio_ppm = lowest_ratio_ppm(milliseconds(timezone.now()))
    lowest = "no ratio" if ratio_ppm is None else f"lowest ratio {ratio_ppm // 10_000} %"
    parts = [f"{_short(bitcoin(found.collateral_sats))} BTC behind it", lowest, *wrong]
    tone = "bad" if states[VaultStatus.LIQUIDATING] else "warn" if wrong else "good"
    return [
        Figure(
            "Debt of vaults",
            f"{_whole(dollars(found.debt_atoms))} USDB",
            " · ".join(parts),
            tone,
            list_url(Vault),
        )
    ]


kept: Cached[list[Figure]] = Cached(FRESH_SECONDS, _debt)  # looks at the whole table


def _short(amount: str) -> str:
    return amount.rstrip("0").rstrip(".")


def _whole(amount: str) -> str:
    return f"{int(amount.partition('.')[0]):,}"


FIGURES = (FigureSource("vaults", "vaults.view_vault", kept.get),)
