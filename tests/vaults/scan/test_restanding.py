"""A vault that its own deed has changed is put where it belongs, under its lock, and nothing is stored."""

import pytest
from django.db import transaction

from oracle.rules import LiquidationPrice
from tests.vaults.rules.amounts import e8
from tests.vaults.support.rows import E8, funded_vault, take_step
from vaults.models import Vault
from vaults.rules.accumulator import RAY
from vaults.rules.statuses import VaultEvent, VaultStatus
from vaults.services.changes import locked_vault
from vaults.services.standing import restand

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("assets")]


def at(dollars: int) -> LiquidationPrice:
    return LiquidationPrice(e8(dollars), e8(1), 1, 0, simulated=False)


def liquidating(debt: int = 3_000) -> Vault:
    vault = funded_vault(debt=debt * E8)
    take_step(vault, VaultEvent.LIQUIDATE)
    return vault


@transaction.atomic
def restood(vault: Vault, price: LiquidationPrice | None, **changes: int) -> tuple[VaultEvent | None, str]:
    locked = locked_vault(vault.pk)
    for name, value in changes.items():
        setattr(locked, name, value)
    return restand(locked, RAY, price), str(locked.status)


@pytest.mark.parametrize(
    ("dollars", "event", "status"),
    [
        (48_000, VaultEvent.RECOVER, "ACTIVE"),
        (45_000, VaultEvent.RECOVER_WARNED, "WARNING"),
        (44_999, None, "LIQUIDATING"),
    ],
)
def test_the_upper_price_decides(dollars: int, event: VaultEvent | None, status: str) -> None:
    vault = liquidating()
    assert restood(vault, at(dollars)) == (event, status)
    assert Vault.objects.get(pk=vault.pk).status == VaultStatus.LIQUIDATING


def test_without_a_price_what_owes_stays_where_it_is() -> None:
    assert restood(liquidating(), None) == (None, "LIQUIDATING")


@pytest.mark.parametrize("price", [None, at(1)])
def test_what_owes_nothing_any_more_is_active_by_any_price_and_by_none(
    price: LiquidationPrice | None,
) -> None:
    """No scan would ever find it: it has no key."""
    assert restood(liquidating(), price, normalised_atoms=0) == (VaultEvent.RECOVER, "ACTIVE")


def test_a_frozen_vault_is_left_alone() -> None:
    vault = liquidating()
    take_step(vault, VaultEvent.FREEZE)
    assert restood(vault, at(90_000)) == (None, "FROZEN")
