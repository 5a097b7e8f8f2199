"""Each vault as everybody sees it: addresses, coins, collateral and debt, and nothing of its owner."""

import json
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from custody.models import ChainPosition, Coin, WatchedScript
from custody.rules.statuses import Trail
from ledger.services import seed_assets
from tests.vaults.support.rows import E8, credit_coin, funded_vault, open_vault_row
from vaults.errors import VaultNotFound
from vaults.models import CollateralWithdrawal, Vault
from vaults.reserves.rendering import render_public_vault
from vaults.reserves.vault_pages import COINS_IN_LISTS, PublicVault, public_vault, public_vaults
from vaults.rules.statuses import VaultStatus, WithdrawalKind, WithdrawalStatus
from vaults.selectors_totals import vault_totals

PRICE_E8 = 60_000 * E8
USDB = 10**8
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chain() -> None:
    seed_assets()
    ChainPosition.objects.create(network="regtest", height=10, tip_height=10)


def rendered(vault: Vault, price_e8: int | None = PRICE_E8) -> Any:
    return render_public_vault(public_vault(vault.pk, price_e8))


def shown(vault: Vault) -> PublicVault:
    return public_vault(vault.pk, PRICE_E8)


def test_a_vault_is_shown_with_its_coins_and_what_it_owes() -> None:
    vault = funded_vault(sats=E8, debt=20_000 * USDB)
    seen = rendered(vault)
    assert seen["collateral"] == seen["coins_amount"] == "1.00000000"
    assert seen["debt"] == "20000.00000000"
    assert seen["ratio"] == "3.000000"
    assert seen["addresses"] == [vault.address]
    [coin] = seen["coins"]
    assert (coin["status"], coin["confirmations"], coin["being_spent"]) == ("CREDITED", 10, False)


def test_its_owner_and_its_name_are_not_told() -> None:
    vault = funded_vault("alice", label="for the house", sats=E8)
    text = json.dumps(rendered(vault))
    assert "alice" not in text
    assert "for the house" not in text
    assert '"owner' not in text


def test_without_a_price_there_is_no_ratio() -> None:
    vault = funded_vault(sats=E8, debt=20_000 * USDB)
    assert rendered(vault, None)["ratio"] is None


def test_only_unspent_coins_in_blocks_are_coins() -> None:
    vault = funded_vault(sats=E8)
    gone, waiting, leaving = (credit_coin(vault, 1_000).coin for _ in range(3))
    Coin.objects.filter(pk=gone.pk).update(spent_by="a" * 64, spent_height=9)
    Coin.objects.filter(pk=waiting.pk).update(height=None, in_mempool=True)
    Coin.objects.filter(pk=leaving.pk).update(spent_by="b" * 64)
    seen = shown(vault)
    assert [(coin.value_sats, coin.is_leaving) for coin in seen.coins] == [(E8, False), (1_000, True)]
    assert seen.total.sats == E8 + 1_000


def test_what_is_on_its_way_out_is_told_beside_the_collateral() -> None:
    vault = funded_vault(sats=E8)
    for number, status in enumerate((WithdrawalStatus.SIGNED, WithdrawalStatus.CONFIRMED)):
        CollateralWithdrawal.objects.create(
            vault=vault,
            kind=WithdrawalKind.WITHDRAW,
            status=status,
            address="somewhere",
            amount_sats=5_000,
            fee_sats=300,
            spend_id=number,
            psbt="",
            created_at=vault.created_at,
            changed_at=vault.created_at,
        )
    assert shown(vault).leaving_sats == 5_300


def test_a_thousand_crumbs_do_not_make_a_long_page() -> None:
    """Whoever likes can pay them: addresses of vaults are for everybody to see."""
    vault = funded_vault(sats=E8)
    watched = WatchedScript.objects.get(wallet=vault.reference)
    assert watched.trail == Trail.VAULT
    Coin.objects.bulk_create(
        Coin(txid=f"{number:064x}", vout=7, watched=watched, value_sats=600, height=1)
        for number in range(1, 1_000)
    )
    [listed] = public_vaults(None, 10, PRICE_E8)
    assert len(listed.coins) == COINS_IN_LISTS
    assert (listed.coins[0].value_sats, listed.coins[1].value_sats) == (E8, 600)
    assert listed.total.coins == 1_000
    assert rendered(vault)["coins"][1]["status"] is None


def test_a_list_goes_through_all_that_have_something() -> None:
    open_vault_row()
    vaults = [funded_vault(f"user{number}", sats=E8) for number in range(5)]
    found: list[UUID] = []
    after = None
    while page := public_vaults(after, 2, PRICE_E8):
        found += [one.vault.pk for one in page]
        after = found[-1]
    assert found == sorted(one.pk for one in vaults)


def test_a_vault_that_is_not_there_is_not_found() -> None:
    with pytest.raises(VaultNotFound):
        public_vault(UUID(int=5), PRICE_E8)


def test_one_that_was_never_funded_can_be_seen_alone() -> None:
    seen = shown(open_vault_row())
    assert (seen.coins, seen.debt_atoms, seen.ratio_ppm) == ([], 0, None)


def test_a_page_costs_the_same_few_queries_however_many_vaults(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(4):
        funded_vault(f"user{number}", sats=E8)
    with django_assert_max_num_queries(8):
        public_vaults(None, 4, PRICE_E8)


def test_all_vaults_together_are_counted() -> None:
    open_vault_row()
    funded_vault(sats=E8, debt=20_000 * USDB)
    funded_vault("bob", sats=2 * E8, debt=10_000 * USDB)
    totals = vault_totals()
    counted = {status: count for status, count in totals.by_status.items() if count}
    expected: dict[str, int] = {VaultStatus.PENDING: 1, VaultStatus.ACTIVE: 2}
    assert counted == expected
    assert (totals.collateral_sats, totals.debt_atoms) == (3 * E8, 30_000 * USDB)
