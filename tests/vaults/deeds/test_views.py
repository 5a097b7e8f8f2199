"""What a vault looks like at one moment: debt, ratio, what may be minted and taken out, by which price."""

import pytest
from pytest_django import Settings

from access.errors import DomainError
from tests.vaults.deeds.scene import E8, NOON, funded_vault, mint_ask, user
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import open_vault_row, take_step
from vaults.models import FeeAccumulator
from vaults.rules.statuses import VaultEvent
from vaults.selectors import vault_of, view_of, views_of
from vaults.selectors_pages import vault_page
from vaults.services.minting import mint

pytestmark = pytest.mark.usefixtures("house")

TENTH = E8 // 10


def test_it_shows_what_follows_from_price_and_debt() -> None:
    set_price(45_000, simulated=True)
    seen = view_of(funded_vault(sats=TENTH, debt=2_000 * E8), NOON)
    assert (seen.debt_atoms, seen.value_atoms) == (2_000 * E8, 4_500 * E8)
    assert (seen.ratio_ppm, seen.health_factor_ppm) == (2_250_000, 1_500_000)
    assert seen.liquidation_price_e8 == 30_000 * E8
    assert (seen.mintable_atoms, seen.free_collateral_sats) == (1_000 * E8, 3_333_333)
    assert (seen.around.price.state, seen.around.price.simulated) == ("FRESH", True)


def test_what_it_says_may_be_minted_can_be_and_not_one_atom_more() -> None:
    set_price(45_678, confidence=13)
    vault = funded_vault(sats=TENTH + 7, debt=1_234 * E8 + 5)
    FeeAccumulator.objects.update(rate_ray=10**27 + 123_456_789 * 10**16)
    most = view_of(vault, NOON).mintable_atoms
    assert most
    with pytest.raises(DomainError):
        mint(mint_ask(vault, 0, amount_atoms=most + 1), NOON)
    assert mint(mint_ask(vault, 0, amount_atoms=most), NOON).amount_atoms == most


def test_without_debt_it_has_no_ratio_and_all_of_it_is_free() -> None:
    seen = view_of(funded_vault(sats=TENTH), NOON)
    assert (seen.ratio_ppm, seen.health_factor_ppm, seen.liquidation_price_e8) == (None, None, None)
    assert (seen.free_collateral_sats, seen.value_atoms, seen.mintable_atoms) == (TENTH, None, None)


def test_a_vault_that_is_not_free_gives_nothing_out(settings: Settings) -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH, debt=1_000 * E8)
    take_step(vault, VaultEvent.LIQUIDATE)
    for one in (vault, open_vault_row()):
        seen = view_of(one, NOON)
        assert (seen.mintable_atoms, seen.free_collateral_sats) == (0, 0)
    settings.DEMO = False
    seen = view_of(funded_vault(sats=TENTH), NOON)
    assert (seen.mintable_atoms, seen.around.minting_closed) == (0, "MINTING_NOT_OPEN")


def test_ones_own_vaults_are_listed_and_anothers_are_not_there() -> None:
    own = [funded_vault(), funded_vault()]
    other = funded_vault("bob")
    assert {one.pk for one in vault_page(user("alice").pk, before=None, limit=5)} == {one.pk for one in own}
    assert [one.vault.pk for one in views_of(own, NOON)] == [one.pk for one in own]
    with pytest.raises(DomainError) as raised:
        vault_of(user("alice").pk, other.pk)
    assert raised.value.code == "NOT_FOUND"
