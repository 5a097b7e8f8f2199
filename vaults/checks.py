"""What /health says of vaults (see `health.registry`): that the scan and the fee keep up, which vaults wait
for somebody, and how near the house is to its ceiling."""

from django.utils import timezone

from health.registry import Check, Finding, Gauge, in_states
from health.rules import Status
from vaults.rules.moments import milliseconds
from vaults.rules.statuses import VaultStatus
from vaults.selectors import house_debt_atoms
from vaults.selectors_figures import figures_in_force
from vaults.selectors_health import accrued_ms, lowest_ratio_ppm, overlooked
from vaults.selectors_totals import vault_totals

NEAR_PERCENT = 90
SCAN_LATE_MS = 30_000
FEE_WARN_S, FEE_FAIL_S = 300, 3_600


def states() -> list[Finding]:
    """Liquidations wait for those who liquidate; a frozen vault waits for the chain."""
    found = vault_totals()
    figures = {state.value.lower(): count for state, count in found.by_status.items()}
    figures |= {"collateral_sats": found.collateral_sats, "debt_atoms": found.debt_atoms}
    figures["liquidation_ratio_ppm"] = figures_in_force().liquidation_ratio_ppm
    lowest = lowest_ratio_ppm(_now_ms())
    if lowest is not None:
        figures["lowest_ratio_ppm"] = lowest
    waiting = [
        (found.by_status[VaultStatus.LIQUIDATING], "below the liquidation ratio"),
        (found.by_status[VaultStatus.FROZEN], "frozen: a deposit has left the chain"),
    ]
    messages = [f"{count} {what}" for count, what in waiting if count]
    return [Finding(Status.WARN if messages else Status.OK, "; ".join(messages), figures=figures)]


def scan() -> list[Finding]:
    late = overlooked(_now_ms(), SCAN_LATE_MS)
    if late:
        message = f"{late} or more vaults are below their ratio and were not told"
        return [Finding(Status.FAIL, message, figures={"overlooked": late})]
    return [Finding(Status.OK, figures={"overlooked": 0})]


def ceiling() -> list[Finding]:
    owed, most = house_debt_atoms(), figures_in_force().debt_ceiling_atoms
    figures = {"debt_atoms": owed, "most_atoms": most}
    if owed * 100 >= most * NEAR_PERCENT:
        return [Finding(Status.WARN, f"{NEAR_PERCENT} % of what all vaults may owe is owed", figures=figures)]
    return [Finding(Status.OK, figures=figures)]


def fee() -> list[Finding]:
    """A house that has just been released has none yet."""
    until_ms = accrued_ms()
    if until_ms is None:
        return []
    late_s = max(_now_ms() - until_ms, 0) // 1_000
    figures = {"late_s": late_s}
    if late_s <= FEE_WARN_S:
        return [Finding(Status.OK, figures=figures)]
    status = Status.FAIL if late_s > FEE_FAIL_S else Status.WARN
    return [Finding(status, f"the fee is {late_s} s behind", figures=figures)]


def _now_ms() -> int:
    return milliseconds(timezone.now())


CHECKS = (
    Check(
        "vaults",
        "No vault waits for somebody",
        states,
        gauges={
            **in_states(VaultStatus, "Vaults by state."),
            "collateral_sats": Gauge("Collateral of all vaults."),
            "debt_atoms": Gauge("What all vaults owe, in atoms of USDB."),
            "liquidation_ratio_ppm": Gauge("The ratio below which a vault is liquidated."),
            "lowest_ratio_ppm": Gauge(
                "The collateral ratio of the vault that is nearest to its liquidation."
            ),
        },
    ),
    Check(
        "vaults_scan",
        "Vaults below their ratio are told at once",
        scan,
        gauges={"overlooked": Gauge("Vaults below their ratio for 30 s that no scan has told.")},
    ),
    Check(
        "vaults_ceiling",
        "There is room below what all vaults may owe",
        ceiling,
        gauges={
            "debt_atoms": Gauge("What counts against the debt ceiling, in atoms of USDB."),
            "most_atoms": Gauge("The debt ceiling, in atoms of USDB."),
        },
    ),
    Check(
        "vaults_fee",
        "The stability fee keeps up with the clock",
        fee,
        gauges={"late_s": Gauge("How far the stability fee is behind the clock.")},
    ),
)
