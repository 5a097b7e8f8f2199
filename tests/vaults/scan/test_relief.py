"""A vault that its own deed has changed goes up at once where the price allows it, under its lock; nothing is
stored, and it never goes down."""

import pytest
from django.db import transaction

from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import E8, NOON, funded_vault, later, take_step
from vaults.models import Vault
from vaults.rules.statuses import VaultEvent, VaultStatus
from vaults.services.changes import locked_vault
from vaults.services.relief import relieve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assets")]


def liquidating(debt: int = 3_000) -> Vault:
    vault = funded_vault(debt=debt * E8)
    take_step(vault, VaultEvent.LIQUIDATE)
    return vault


@transaction.atomic
def relieved(vault: Vault, **changes: int) -> tuple[VaultEvent | None, str]:
    locked = locked_vault(vault.pk)
    for name, value in changes.items():
        setattr(locked, name, value)
    return relieve(locked, NOON), str(locked.status)


@pytest.mark.parametrize(
    ("dollars", "event", "status"),
    [
        (47_990, VaultEvent.RECOVER, "ACTIVE"),
        (44_990, VaultEvent.RECOVER_WARNED, "WARNING"),
        (44_989, None, "LIQUIDATING"),
    ],
)
def test_the_upper_price_decides(dollars: int, event: VaultEvent | None, status: str) -> None:
    set_price(dollars, confidence=10)
    vault = liquidating()
    assert relieved(vault) == (event, status)
    assert Vault.objects.get(pk=vault.pk).status == VaultStatus.LIQUIDATING


def test_without_a_price_that_may_liquidate_what_owes_stays_where_it_is() -> None:
    vault = liquidating()
    assert relieved(vault) == (None, "LIQUIDATING")
    set_price(90_000, later(-60))
    assert relieved(vault) == (None, "LIQUIDATING")


@pytest.mark.parametrize("dollars", [None, 1])
def test_what_owes_nothing_any_more_is_active_by_any_price_and_by_none(dollars: int | None) -> None:
    """No scan would ever find it: it has no key."""
    if dollars is not None:
        set_price(dollars)
    assert relieved(liquidating(), normalised_atoms=0) == (VaultEvent.RECOVER, "ACTIVE")


def test_a_price_that_warns_or_liquidates_is_the_scans() -> None:
    set_price(46_000)
    assert relieved(funded_vault(debt=3_000 * E8)) == (None, "ACTIVE")
    set_price(40_000)
    warned = funded_vault("bob", debt=3_000 * E8)
    take_step(warned, VaultEvent.WARN)
    assert relieved(warned) == (None, "WARNING")


def test_a_frozen_vault_is_left_alone() -> None:
    set_price(90_000)
    vault = liquidating()
    take_step(vault, VaultEvent.FREEZE)
    assert relieved(vault) == (None, "FROZEN")
