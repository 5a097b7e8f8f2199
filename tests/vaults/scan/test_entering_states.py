"""A turn of the scan: which state a price, or the growing rate, brings a vault into."""

from dataclasses import replace

import pytest

from ledger.streams import events_of
from oracle.rules import Halt, Refusal
from tests.vaults.rules.amounts import e8
from tests.vaults.scan.at_price import confirmed, price, scan_at, status
from tests.vaults.support.prices import keep
from tests.vaults.support.rows import E8, NOON, funded_vault, later, open_vault_row, take_step
from vaults.models import FeeAccumulator, Vault
from vaults.rules.accumulator import RAY
from vaults.rules.statuses import VaultEvent, VaultStatus
from vaults.services.scanning import run_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assets")]

AT_THE_EDGE = e8(45_000)  # of 0.1 bitcoin against 3,000 dollars


def edge_vault() -> Vault:
    """150 % at 45,000, 160 % at 48,000."""
    return funded_vault(debt=3_000 * E8)


@pytest.mark.parametrize(
    ("price_e8", "becomes"),
    [
        (e8(48_000), VaultStatus.ACTIVE),
        (e8(48_000) - 1, VaultStatus.WARNING),
        (AT_THE_EDGE, VaultStatus.WARNING),
        (AT_THE_EDGE - 1, VaultStatus.LIQUIDATING),
    ],
)
@pytest.mark.parametrize(
    "before", [(), (VaultEvent.WARN,), (VaultEvent.LIQUIDATE,)], ids=["active", "warning", "liquidating"]
)
def test_the_exact_price_decides_from_every_state(
    price_e8: int, becomes: VaultStatus, before: tuple[VaultEvent, ...]
) -> None:
    vault = edge_vault()
    take_step(vault, *before)
    was = vault.status
    assert scan_at(price_e8).changed == (was != becomes)
    assert status(vault) == becomes
    assert run_once(NOON).changed == 0


def test_the_owner_has_the_benefit_of_the_doubt() -> None:
    vault = edge_vault()
    scan_at(AT_THE_EDGE - e8(100), confidence_e8=e8(100))
    assert status(vault) == VaultStatus.WARNING
    scan_at(AT_THE_EDGE - e8(100), confidence_e8=e8(100) - 1)
    assert status(vault) == VaultStatus.LIQUIDATING


def test_the_fee_alone_makes_it_liquidatable() -> None:
    vault = edge_vault()
    scan_at(AT_THE_EDGE)
    assert status(vault) == VaultStatus.WARNING
    FeeAccumulator.objects.update(rate_ray=RAY + RAY // 10**6)
    assert scan_at(AT_THE_EDGE).entered == {VaultEvent.LIQUIDATE: 1}
    assert status(vault) == VaultStatus.LIQUIDATING


def test_its_event_says_what_it_was_judged_by() -> None:
    vault = edge_vault()
    view = price(e8(46_000))
    run_once(later(1))
    vault.refresh_from_db()
    assert vault.changed_at >= later(1)
    *_, event = events_of(vault.stream)
    assert (event.version, event.name) == (vault.version, "WARNED")
    assert event.data == {
        "price_e8": e8(46_000),
        "round_id": view.round_id,
        "debt_atoms": 3_000 * E8,
        "ratio_ppm": 1_533_333,
        "rate_ray": str(RAY),
        "status": "WARNING",
        "collateral_sats": E8 // 10,
        "normalised_atoms": 3_000 * E8,
    }


@pytest.mark.parametrize("moved", ["paused", "halted", "stale", "refused", "unconfirmed"])
def test_a_price_that_may_not_liquidate_changes_nothing(moved: str) -> None:
    vault = edge_vault()
    view = confirmed(e8(30_000))
    now_ms = view.round_ms
    keep(
        {
            "paused": replace(view, liquidations_paused_until_ms=now_ms + 1_000),
            "halted": replace(view, halt=Halt("a look", now_ms)),
            "stale": confirmed(e8(30_000), later(-11)),
            "refused": replace(view, refusal=Refusal.DISPERSED),
            "unconfirmed": replace(view, confirming=None),
        }[moved]
    )
    scan = run_once(NOON)
    codes = {
        "paused": "ORACLE_PAUSED",
        "halted": "ORACLE_HALTED",
        "stale": "ORACLE_STALE",
        "refused": "ORACLE_DEGRADED",
        "unconfirmed": "ORACLE_UNCONFIRMED",
    }
    assert (scan.refused, scan.changed, scan.is_whole) == (codes[moved], 0, False)
    assert status(vault) == VaultStatus.ACTIVE
    price(e8(30_000))
    assert run_once(NOON).changed == 1


def test_without_any_price_nothing_happens() -> None:
    assert run_once(NOON).refused == "ORACLE_UNAVAILABLE"


def test_what_is_not_scanned_and_what_owes_nothing_stays() -> None:
    frozen, idle = edge_vault(), funded_vault("bob")
    open_vault_row("carol")
    take_step(frozen, VaultEvent.LIQUIDATE, VaultEvent.FREEZE)
    assert scan_at(e8(1)).changed == scan_at(e8(100_000)).changed == 0
    assert (status(frozen), status(idle)) == (VaultStatus.FROZEN, VaultStatus.ACTIVE)
    take_step(frozen, VaultEvent.THAW)
    assert scan_at(e8(100_000)).entered == {VaultEvent.RECOVER: 1}
    assert status(frozen) == VaultStatus.ACTIVE


def test_a_crash_goes_past_the_warning_and_back_in_one_turn_each() -> None:
    vaults = [funded_vault(debt=3_000 * E8 + step * E8) for step in range(5)]
    assert scan_at(e8(40_000)).entered == {VaultEvent.LIQUIDATE: 5}
    assert scan_at(e8(60_000)).entered == {VaultEvent.RECOVER: 5}
    for vault in vaults:
        vault.refresh_from_db()
        assert [event.version for event in events_of(vault.stream)] == list(range(1, vault.version + 1))
