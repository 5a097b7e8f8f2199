"""What health says of vaults: how many, how low, what waits, and what has fallen behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from health.registry import Finding
from health.rules import Status
from oracle.models import Round
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import E8, funded_vault, open_vault_row, take_step
from vaults import checks
from vaults.models import FiguresVersion
from vaults.rules.figures import Figures, as_values
from vaults.rules.statuses import VaultEvent
from vaults.services.accruing import accrue

pytestmark = pytest.mark.usefixtures("assets")


def only(found: list[Finding]) -> Finding:
    (one,) = found
    return one


def rounds(*prices: tuple[int, int]) -> None:
    """(seconds ago, dollars), the oldest first; the latest is the price in use."""
    now = timezone.now()
    for number, (seconds, dollars) in enumerate(prices, 1):
        Round.objects.create(
            id=number,
            time_ms=round(now.timestamp() * 1000) - seconds * 1_000,
            price_e8=dollars * E8,
            confidence_e8=0,
            cumulative=0,
            is_simulated=True,
            policy_version=0,
            verdicts=[],
        )
        set_price(dollars, now)


def test_an_empty_house_is_well() -> None:
    for check in checks.CHECKS:
        assert all(found.status is Status.OK for found in check.run()), check.name


def test_vaults_are_counted_by_state_with_what_they_hold_and_owe() -> None:
    set_price(45_000, timezone.now())
    open_vault_row()
    funded_vault(sats=E8 // 10, debt=2_000 * E8)
    funded_vault(sats=E8, debt=10_000 * E8)
    found = only(checks.states())
    assert found.status is Status.OK
    assert (found.figures["pending"], found.figures["active"], found.figures["closed"]) == (1, 2, 0)
    assert found.figures["collateral_sats"] == E8 + E8 // 10
    assert found.figures["debt_atoms"] == 12_000 * E8
    assert found.figures["lowest_ratio_ppm"] == 2_250_000


def test_the_lowest_ratio_may_be_that_of_one_being_liquidated() -> None:
    set_price(45_000, timezone.now())
    funded_vault(debt=2_500 * E8)
    take_step(funded_vault(debt=4_000 * E8), VaultEvent.LIQUIDATE)
    found = only(checks.states())
    assert (found.status, found.message) == (Status.WARN, "1 below the liquidation ratio")
    assert found.figures["lowest_ratio_ppm"] == 1_125_000


def test_frozen_vaults_are_told() -> None:
    take_step(funded_vault(debt=1_000 * E8), VaultEvent.FREEZE)
    found = only(checks.states())
    assert (found.status, found.message) == (Status.WARN, "1 frozen: a deposit has left the chain")
    assert "lowest_ratio_ppm" not in found.figures


def test_a_vault_that_no_scan_has_entered_for_long_is_told() -> None:
    funded_vault(debt=3_100 * E8)
    rounds((60, 45_000), (31, 45_000), (1, 44_000))
    found = only(checks.scan())
    assert (found.status, found.figures["overlooked"]) == (Status.FAIL, 1)


@pytest.mark.parametrize("prices", [[(60, 47_000), (1, 44_000)], [(60, 44_000), (1, 47_000)], [(1, 44_000)]])
def test_a_vault_that_a_scan_has_had_no_time_for_is_not_told(prices: list[tuple[int, int]]) -> None:
    funded_vault(debt=3_100 * E8)
    rounds(*prices)
    assert only(checks.scan()).status is Status.OK


def test_while_no_price_may_be_used_for_it_nobody_is_overlooked() -> None:
    funded_vault(debt=3_100 * E8)
    rounds((60, 45_000), (31, 45_000), (1, 44_000))
    paused_until_ms = round(timezone.now().timestamp() * 1000) + 60_000
    set_price(44_000, timezone.now(), liquidations_paused_until_ms=paused_until_ms)
    assert only(checks.scan()).status is Status.OK


def test_a_vault_at_exactly_its_ratio_is_not_overlooked() -> None:
    """Its key finds it, as it finds whoever is within an atom; judged exactly it is safe."""
    funded_vault(debt=3_000 * E8)
    rounds((60, 45_000), (31, 45_000), (1, 45_000))
    assert only(checks.scan()).status is Status.OK


def test_a_house_near_its_ceiling_is_told() -> None:
    ceiling = 10_000 * E8
    FiguresVersion.objects.create(**{**as_values(Figures()), "debt_ceiling_atoms": ceiling}, reason="test")
    funded_vault(sats=E8, debt=8_999 * E8)
    assert only(checks.ceiling()).status is Status.OK
    funded_vault(sats=E8, debt=1_000 * E8)
    assert only(checks.ceiling()).status is Status.WARN


@pytest.mark.parametrize(
    ("seconds", "status"), [(60, Status.OK), (301, Status.WARN), (3_601, Status.FAIL), (-60, Status.OK)]
)
def test_a_fee_that_stands_still_is_told(seconds: int, status: Status) -> None:
    now = timezone.now() - timedelta(seconds=seconds)
    accrue(now)
    accrue(now + timedelta(milliseconds=5))
    assert only(checks.fee()).status is status
