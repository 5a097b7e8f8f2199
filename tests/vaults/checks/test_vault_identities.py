"""What must be true of vaults holds after ordinary days, and each check finds what it is there to find."""

import pytest

from ledger.rules import Purpose
from ledger.selectors import examine, identity_violations
from ledger.services import open_account, post_transfer
from oracle.models import Round
from tests.vaults.support.rows import (
    E8,
    credit_coin,
    funded_vault,
    later,
    mint_row,
    open_vault_row,
    take_step,
    user,
)
from tests.vaults.support.tampering import tamper
from vaults.identities import CHECKS
from vaults.models import Vault
from vaults.rules.statuses import VaultEvent
from vaults.services.accruing import accrue

_BY_NAME = {check.name: check for check in CHECKS}


def found(name: str) -> list[int]:
    """By the whole check and by its recent one."""
    check = _BY_NAME[name]
    return [examine(check, query).violations for query in (check.offenders, check.recent) if query]


@pytest.fixture
def busy(assets: None) -> Vault:
    """Alice's of 0.1 BTC that owes 2,000, among others, minted at a rate that has grown."""
    open_vault_row("carol")
    funded_vault("bob", sats=E8, debt=10_000 * E8)
    accrue(later(86_400 * 700))
    vault = funded_vault("alice", debt=2_000 * E8)
    mint_row(vault, 7 * E8 + 3)
    accrue(later(86_400 * 700 + 60))
    mint_row(vault, 1)
    take_step(vault, VaultEvent.WARN)
    assert identity_violations() == []
    vault.refresh_from_db()
    return vault


def test_every_check_runs_and_is_content_with_nothing_at_all(assets: None) -> None:
    for check in CHECKS:
        assert set(found(check.name)) == {0}, check.name


def test_every_check_is_content_with_ordinary_days(busy: Vault) -> None:
    for check in CHECKS:
        assert set(found(check.name)) == {0}, check.name


@pytest.mark.parametrize("atoms", [-2, 2])
def test_debt_that_is_not_booked_is_found(busy: Vault, atoms: int) -> None:
    tamper("UPDATE vaults_vault SET normalised_atoms = normalised_atoms + %s WHERE id = %s", [atoms, busy.pk])
    assert found("vault_debt_is_owed") == [1]
    assert found("vaults_are_their_events") == [1, 1]
    assert found("vault_keys_are_their_ratios") == [1, 1]


def test_a_rate_that_nobody_moved_is_found(busy: Vault) -> None:
    tamper("UPDATE vaults_feeaccumulator SET rate_ray = rate_ray + 1000000000000000000")
    assert found("rate_is_its_latest_accrual") == [1]
    assert found("vault_debt_is_owed") == [1]


def test_an_accrual_that_is_missing_is_found(busy: Vault) -> None:
    tamper("DELETE FROM ledger_domainevent WHERE stream = 'stability-fee' AND version = 1")
    assert found("rate_is_its_latest_accrual") == [1]
    assert found("vault_debt_has_its_events") == [1, 1]


def test_a_dollar_out_of_nothing_is_found(busy: Vault) -> None:
    tamper("UPDATE ledger_account SET balance_atoms = balance_atoms + 1 WHERE owner_id = %s", [busy.owner_id])
    assert found("dollars_are_explained") == [1]


def test_dollars_of_an_account_that_makes_none_are_found(busy: Vault) -> None:
    house = open_account(owner_id=None, asset="USDB", purpose=Purpose.HOUSE)
    alice = open_account(owner_id=busy.owner_id, asset="USDB", purpose=Purpose.FUNDING)
    post_transfer(debit_id=house.pk, credit_id=alice.pk, amount_atoms=5, code="GIFT", key="gift")
    assert found("dollars_are_explained") == [1]


def test_a_mint_without_an_event_is_found(busy: Vault) -> None:
    debt = open_account(owner_id=None, asset="USDB", purpose=Purpose.VAULT_DEBT)
    mallory = open_account(owner_id=user("mallory").pk, asset="USDB", purpose=Purpose.FUNDING)
    post_transfer(debit_id=debt.pk, credit_id=mallory.pk, amount_atoms=5, code="VAULT_MINT", key="own")
    assert found("vault_debt_has_its_events") == [1, 1]
    assert found("vault_debt_is_owed") == [1]


def test_a_mint_in_the_name_of_an_event_that_moved_no_debt_is_found(busy: Vault) -> None:
    debt = open_account(owner_id=None, asset="USDB", purpose=Purpose.VAULT_DEBT)
    mallory = open_account(owner_id=user("mallory").pk, asset="USDB", purpose=Purpose.FUNDING)
    post_transfer(
        debit_id=debt.pk,
        credit_id=mallory.pk,
        amount_atoms=1,
        code="VAULT_MINT",
        key="own",
        reference=f"{busy.stream}:{busy.version}",
    )
    assert found("vault_debt_has_its_events") == [1, 1]


def test_a_transfer_of_another_amount_than_the_debt_moved_by_is_found(busy: Vault) -> None:
    tamper(
        "UPDATE ledger_transfer SET amount_atoms = amount_atoms + 1 WHERE key = %s",
        [f"{busy.stream}:3:VAULT_MINT"],
    )
    assert found("vault_debt_has_its_events") == [1, 1]


def test_debt_that_moved_without_a_transfer_is_found(busy: Vault) -> None:
    tamper("DELETE FROM ledger_transfer WHERE reference = %s", [f"{busy.stream}:3"])
    assert found("debt_that_moved_is_booked") == [1, 1]


def test_collateral_that_no_coin_brought_is_found(busy: Vault) -> None:
    tamper("UPDATE vaults_vault SET collateral_sats = collateral_sats + 1 WHERE id = %s", [busy.pk])
    assert found("collateral_is_credited_coins") == [1, 1]
    assert found("vaults_are_their_events") == [1, 1]


@pytest.mark.parametrize("status", ["CONFIRMED", "GONE", "SPENT"])
def test_a_coin_that_is_no_collateral_any_more_is_found(busy: Vault, status: str) -> None:
    tamper("UPDATE vaults_vaultcoin SET status = %s WHERE vault_id = %s", [status, busy.pk])
    assert found("collateral_is_credited_coins") == [1, 1]
    assert found("vault_states_fit") == ([1, 1] if status == "GONE" else [0, 0])


def test_a_coin_of_another_value_or_wallet_is_found(busy: Vault) -> None:
    tamper("UPDATE vaults_vaultcoin SET value_sats = value_sats + 1 WHERE vault_id = %s", [busy.pk])
    assert found("vault_coins_are_their_coins") == [1, 1]
    other = funded_vault("dora")
    tamper("UPDATE vaults_vaultcoin SET vault_id = %s WHERE vault_id = %s", [busy.pk, other.pk])
    assert found("vault_coins_are_their_coins") == [2, 2]


@pytest.mark.parametrize("key", ["liquidation_key", "warning_key"])
@pytest.mark.parametrize("step", [-1, 1])
def test_a_key_that_is_one_off_is_found(busy: Vault, key: str, step: int) -> None:
    tamper(f"UPDATE vaults_vault SET {key} = {key} + %s WHERE id = %s", [step, busy.pk])
    assert found("vault_keys_are_their_ratios") == [1, 1]


def test_keys_of_odd_sizes_are_as_rules_give_them(assets: None) -> None:
    """Where division by machine numbers, or of numerics, would round in another way."""
    vault = funded_vault(debt=1)
    for sats in (1, 2, 3, 7, 10**6 + 3, 21 * 10**14):
        credit_coin(vault, sats)
        mint_row(vault, 333_333_333_333_333 + sats)
        assert found("vault_keys_are_their_ratios") == [0, 0]


def test_a_vault_in_another_state_than_its_event_says_is_found(busy: Vault) -> None:
    tamper("UPDATE vaults_vault SET status = 'ACTIVE' WHERE id = %s", [busy.pk])
    assert found("vaults_are_their_events") == [1, 1]


def test_an_event_that_is_missing_is_found(busy: Vault) -> None:
    tamper("DELETE FROM ledger_domainevent WHERE stream = %s AND version = 2", [busy.stream])
    assert found("vaults_are_their_events") == [1, 1]


@pytest.mark.parametrize(("fact", "value"), [("price_e8", 30_000 * E8 - 1), ("debt_atoms", "null")])
def test_a_mint_that_left_too_little_cover_is_found(busy: Vault, fact: str, value: object) -> None:
    """0.1 BTC against 2,000: from 30,000 on it is covered."""
    mint_event(busy, "debt_atoms", 2_000 * E8)
    mint_event(busy, "price_e8", 30_000 * E8)
    assert found("deeds_left_enough_cover") == [0, 0]
    mint_event(busy, fact, value)
    assert found("deeds_left_enough_cover") == [1, 1]


def test_a_mint_at_a_better_price_than_the_round_had_is_found(busy: Vault) -> None:
    Round.objects.create(
        id=7,
        time_ms=1,
        price_e8=40_000 * E8,
        confidence_e8=10 * E8,
        cumulative=0,
        is_simulated=False,
        policy_version=1,
        verdicts=[],
    )
    mint_event(busy, "round_id", 7)
    mint_event(busy, "price_e8", 39_990 * E8)
    assert found("deeds_left_enough_cover") == [0, 0]
    mint_event(busy, "price_e8", 39_990 * E8 + 1)
    assert found("deeds_left_enough_cover") == [1, 1]


def mint_event(vault: Vault, fact: str, value: object) -> None:
    """With this fact in the event of its first mint."""
    tamper(
        "UPDATE ledger_domainevent SET data = jsonb_set(data, ARRAY[%s], %s::jsonb) "
        "WHERE stream = %s AND version = 3",
        [fact, str(value), vault.stream],
    )


def test_events_of_no_vault_are_found(busy: Vault) -> None:
    tamper("UPDATE ledger_domainevent SET stream = 'vault:nobodys' WHERE stream = %s", [busy.stream])
    assert found("vault_events_have_their_vault") == [6, 6]


@pytest.mark.parametrize(
    ("status", "column"), [("CLOSED", "normalised_atoms"), ("PENDING", "normalised_atoms")]
)
def test_a_closed_or_new_vault_that_holds_bitcoin_is_found(busy: Vault, status: str, column: str) -> None:
    tamper(
        f"UPDATE vaults_vault SET status = %s, {column} = 0, liquidation_key = NULL, warning_key = NULL "
        "WHERE id = %s",
        [status, busy.pk],
    )
    assert found("vault_states_fit") == [1, 1]


def test_a_warned_vault_that_owes_nothing_is_found(busy: Vault) -> None:
    tamper(
        "UPDATE vaults_vault SET normalised_atoms = 0, liquidation_key = NULL, warning_key = NULL "
        "WHERE id = %s",
        [busy.pk],
    )
    assert found("vault_states_fit") == [1, 1]
