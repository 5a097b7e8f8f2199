"""Alerts of vaults: the scan, the fee, the room that is left, and whether what is owed is covered."""

from health.alerting.conditions import Compare
from health.alerting.registry import page, warn
from health.alerting.vectors import Gauge, one_of, select

_LOWEST = Gauge(select("ballast_vaults_lowest_ratio"))
_LIQUIDATION = Gauge(select("ballast_vaults_liquidation_ratio"))
_DEBT = Gauge(select("ballast_vaults_ceiling_debt_atoms"))
_CEILING = Gauge(select("ballast_vaults_ceiling_most_atoms"))
_OWED = Gauge(select("ballast_reserves_owed_atoms"), by=("asset",))
_BACKING = Gauge(select("ballast_reserves_backing_atoms"), by=("asset",))

ALERTS = (
    page(
        "VaultsOverlooked",
        Compare(Gauge(select("ballast_vaults_scan_overlooked")), ">", 0),
        for_s=60,
        summary="Vaults are below their ratio and no scan has said so.",
        stake="Owners are not warned and nobody liquidates: dollars lose their cover.",
    ),
    page(
        "VaultFeeLate",
        Compare(Gauge(select("ballast_vaults_fee_late_seconds")), ">", 3_600),
        summary="The stability fee has not been booked for an hour.",
        stake="Debts are shown too low; what was missed is booked in one step later.",
    ),
    warn(
        "VaultsLiquidating",
        Compare(Gauge(select("ballast_vaults_in_state", one_of("state", "LIQUIDATING"))), ">", 0),
        for_s=600,
        summary="Vaults have been below the liquidation ratio for ten minutes.",
        stake="What they owe is covered less and less while the price falls.",
    ),
    warn(
        "VaultsFrozen",
        Compare(Gauge(select("ballast_vaults_in_state", one_of("state", "FROZEN"))), ">", 0),
        for_s=600,
        summary="A vault is frozen: a deposit that counted has left the chain.",
        stake="Its debt may be covered by nothing.",
    ),
    warn(
        "VaultNearLiquidation",
        Compare(_LOWEST, "<", _LIQUIDATION, percent=103),
        for_s=300,
        summary="The lowest vault is within 3 % of its liquidation, or below it.",
        stake="A small move of the price begins liquidations.",
    ),
    page(
        "VaultUnderwater",
        Compare(_LOWEST, "<", 105, percent=1),
        for_s=60,
        summary="A vault has less collateral than 105 % of what it owes.",
        stake="Below 100 % the house pays for it.",
    ),
    warn(
        "DebtCeilingNear",
        Compare(_DEBT, ">=", _CEILING, percent=90),
        for_s=300,
        summary="Nine tenths of what all vaults may owe are owed.",
        stake="At the ceiling nobody can mint.",
    ),
    warn(
        "ReserveProofLate",
        Compare(Gauge(select("ballast_reserves_age_seconds")), ">", 9_000),
        for_s=300,
        summary="No snapshot of what is owed to customers was taken for two and a half hours.",
        stake="Customers cannot check that their money is counted.",
    ),
    page(
        "LiabilitiesAboveAssets",
        Compare(_OWED, ">", _BACKING),
        for_s=300,
        summary="More {asset} is owed to customers than the house has.",
        stake="The house could not pay everybody. This is what must never be.",
    ),
)
