"""What health asks of vaults, each in one query; the figures are of the moment and of all vaults together."""

from oracle.errors import NoPrice
from oracle.rules import display_price
from oracle.selectors import accepted_until, committed_view, price_for_liquidation
from vaults.models import FeeAccumulator, Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.ratios import is_covered, ratio_ppm
from vaults.rules.statuses import FREE, SCANNED, VaultStatus
from vaults.selectors import shown_rate_ray
from vaults.selectors_scan import Question, candidates

LOOKED_AT = 50


def lowest_ratio_ppm(now_ms: int) -> int | None:
    """Of the vault that is nearest to its liquidation, or furthest below: the first of an index. None without
    debt or without a price."""
    price_e8 = display_price(committed_view(), now_ms).price_e8
    nearest = [
        Vault.objects.filter(status__in=statuses, liquidation_key__isnull=False)
        .order_by("-liquidation_key")
        .first()
        for statuses in (FREE, [VaultStatus.LIQUIDATING])
    ]
    found = [vault for vault in nearest if vault is not None]
    if price_e8 is None or not found:
        return None
    worst = max(found, key=lambda vault: vault.liquidation_key or 0)
    return ratio_ppm(worst.collateral_sats, debt_atoms(worst.normalised_atoms, shown_rate_ray()), price_e8)


def overlooked(now_ms: int, late_ms: int) -> int:
    """How many vaults, of the LOOKED_AT most urgent, are below their liquidation ratio now and were so
    `late_ms` ago, and no scan has said so. 0 while no price may be used for that."""
    try:
        price_for_liquidation(now_ms=now_ms)
    except NoPrice:
        return 0
    prices = [
        one.price_e8 + (one.confidence_e8 or 0)
        for one in (accepted_until(now_ms).first(), accepted_until(now_ms - late_ms).first())
        if one is not None and one.price_e8 is not None
    ]
    if len(prices) < 2:
        return 0
    price_e8, rate_ray = max(prices), shown_rate_ray()
    found = candidates(Question.LIQUIDATE, price_e8=price_e8, rate_ray=rate_ray, limit=LOOKED_AT)
    vaults = Vault.objects.filter(pk__in=found, status__in=SCANNED).select_related("figures")
    return sum(
        not is_covered(
            vault.collateral_sats,
            debt_atoms(vault.normalised_atoms, rate_ray),
            price_e8,
            vault.figures.liquidation_ratio_ppm,
        )
        for vault in vaults
    )


def accrued_ms() -> int | None:
    """Until when the stability fee is booked; None before it begins."""
    row = FeeAccumulator.objects.first()
    return None if row is None else row.accrued_ms
