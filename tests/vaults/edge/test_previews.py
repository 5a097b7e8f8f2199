"""What would become of a vault is by the rules that judge real deeds; and looking changes nothing."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from tests.vaults.support.prices import keep as keep_view
from tests.vaults.support.prices import set_price, view_at
from tests.vaults.support.rows import E8, NOON, funded_vault, open_vault_row
from vaults.models import Vault
from vaults.previewing import Preview, Thought, preview, standing_seen
from vaults.rules.standing import Standing
from vaults.selectors import vault_of

pytestmark = pytest.mark.usefixtures("assets")


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO = True


def looked(vault: Vault, **thought: int) -> Preview:
    return preview(vault_of(vault.owner_id, vault.pk), replace(Thought(), **thought), NOON)


def code(seen: Preview) -> str:
    return "" if seen.refusal is None else seen.refusal.code


@pytest.fixture
def vault() -> Vault:
    """A bitcoin at 60,000 dollars, 20,000 owed."""
    set_price(60_000)
    return funded_vault(sats=E8, debt=20_000 * E8)


def test_nothing_thought_of_is_as_it_is(vault: Vault) -> None:
    seen = looked(vault)
    assert seen.before == seen.after
    assert (code(seen), seen.after.ratio_ppm) == ("", 3_000_000)


def test_a_deed_is_shown_and_not_done(vault: Vault) -> None:
    before = Vault.objects.values().get(pk=vault.pk)
    seen = looked(vault, mint_atoms=10_000 * E8)
    assert (code(seen), seen.after.debt_atoms, seen.after.ratio_ppm) == ("", 30_000 * E8, 2_000_000)
    assert Vault.objects.values().get(pk=vault.pk) == before


def test_exactly_the_minimum_would_do_and_an_atom_more_not(vault: Vault) -> None:
    assert code(looked(vault, mint_atoms=20_000 * E8)) == ""
    assert code(looked(vault, mint_atoms=20_000 * E8 + 1)) == "BELOW_MINIMUM_RATIO"


def test_deeds_follow_one_another(vault: Vault) -> None:
    assert code(looked(vault, mint_atoms=30_000 * E8)) == "BELOW_MINIMUM_RATIO"
    assert code(looked(vault, add_sats=E8, mint_atoms=30_000 * E8)) == ""
    assert code(looked(vault, withdraw_sats=E8 // 2)) == ""
    assert code(looked(vault, withdraw_sats=E8 // 2, fee_sats=1)) == "BELOW_MINIMUM_RATIO"
    assert code(looked(vault, repay_atoms=20_000 * E8, withdraw_sats=E8)) == ""


def test_another_price_is_the_price_of_everything(vault: Vault) -> None:
    seen = looked(vault, price_e8=31_000 * E8)
    assert seen.before.ratio_ppm == 3_000_000
    assert (seen.after.ratio_ppm, standing_seen(seen.after)) == (1_550_000, Standing.WARNED)
    assert standing_seen(looked(vault, price_e8=30_000 * E8 - 1).after) is Standing.LIQUIDATABLE
    assert code(looked(vault, price_e8=30_000 * E8, mint_atoms=E8)) == "BELOW_MINIMUM_RATIO"


def test_without_a_price_only_what_needs_none_is_judged(vault: Vault) -> None:
    keep_view(replace(view_at(60_000), last=None))
    seen = looked(vault, mint_atoms=E8)
    assert (code(seen), seen.after.ratio_ppm, standing_seen(seen.after)) == ("ORACLE_UNAVAILABLE", None, None)
    assert code(looked(vault, withdraw_sats=1)) == "ORACLE_UNAVAILABLE"
    assert code(looked(vault, repay_atoms=20_000 * E8)) == ""


def test_a_vault_that_was_never_funded_mints_once_it_is(vault: Vault) -> None:
    empty = open_vault_row("bob")
    assert code(looked(empty, mint_atoms=1_000 * E8)) == "INVALID_STATE"
    assert code(looked(empty, add_sats=E8, mint_atoms=1_000 * E8)) == ""
    assert code(looked(empty, repay_atoms=1)) == "INVALID_STATE"


def test_where_nobody_mints_it_says_so(vault: Vault, settings: Settings) -> None:
    settings.DEMO = False
    assert code(looked(vault, mint_atoms=E8, price_e8=60_000 * E8)) == "MINTING_NOT_OPEN"
