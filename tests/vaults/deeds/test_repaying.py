"""Repaying: by anybody, in part or all, at any price and with any oracle, and what becomes of the vault."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from access.errors import DomainError
from access.models import AccountRole, Role
from custody.models import AccountFreeze
from ledger.rules import Purpose
from ledger.streams import events_of
from oracle.models import Current
from tests.vaults.deeds.scene import (
    E8,
    NOON,
    assert_books_balance,
    dollars_of,
    funded_vault,
    give,
    house_atoms,
    moves_of,
    new_key,
    repaid,
    user,
)
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import open_vault_row, take_step
from vaults.models import FeeAccumulator, Vault
from vaults.rules.statuses import VaultEvent
from vaults.services.repaying import Repay, repay

pytestmark = pytest.mark.usefixtures("house")

TENTH = E8 // 10


def owing(dollars: int = 2_500, owner: str = "alice") -> Vault:
    return funded_vault(owner, sats=TENTH, debt=dollars * E8)


def refusal(vault: Vault, dollars: int | None, payer: str = "alice") -> DomainError:
    with pytest.raises(DomainError) as raised:
        repaid(vault, dollars, payer)
    return raised.value


def test_a_part_lowers_the_debt_and_the_money_is_gone() -> None:
    vault = owing()
    done = repaid(vault, 1_000)
    assert (done.paid_atoms, done.debt_atoms, done.is_owner) == (1_000 * E8, 1_500 * E8, True)
    assert (dollars_of("alice"), house_atoms(Purpose.VAULT_DEBT)) == (1_500 * E8, -1_500 * E8)
    assert_books_balance()


def test_all_leaves_nothing_owed_and_no_key_for_the_scan() -> None:
    vault = owing()
    assert repaid(vault, None).debt_atoms == 0
    vault.refresh_from_db()
    assert (vault.normalised_atoms, vault.liquidation_key, vault.warning_key) == (0, None, None)
    assert refusal(vault, None).code == "NOTHING_OWED"
    assert_books_balance()


def test_of_more_than_is_owed_only_the_debt_is_paid() -> None:
    vault = owing()
    give("alice", 1_000)
    assert repaid(vault, 3_500).paid_atoms == 2_500 * E8
    assert dollars_of("alice") == 1_000 * E8


def test_what_is_left_is_nothing_or_at_least_the_floor() -> None:
    assert refusal(owing(), 1_501).code == "DEBT_BELOW_FLOOR"
    assert repaid(owing(), 1_500).debt_atoms == 1_000 * E8


def test_at_a_grown_rate_the_house_never_loses_an_atom() -> None:
    vault = owing()
    FeeAccumulator.objects.update(rate_ray=10**27 + 10**26 + 7)
    before = house_atoms(Purpose.VAULT_ROUNDING)
    done = repay(Repay(vault.owner_id, vault.pk, new_key(), 1_000 * E8 + 3), NOON)
    debt_and_rest = dict(moves_of(vault))
    assert debt_and_rest["VAULT_REPAYMENT"] + debt_and_rest.get("VAULT_ROUNDING", 0) == done.paid_atoms
    assert house_atoms(Purpose.VAULT_ROUNDING) >= before


def test_anybody_may_repay_and_the_event_does_not_say_who() -> None:
    vault = owing()
    give("bob", 1_000)
    done = repaid(vault, 1_000, "bob")
    assert (done.is_owner, dollars_of("bob"), dollars_of("alice")) == (False, 0, 2_500 * E8)
    told = events_of(vault.stream)[-1]
    assert (told.name, told.data["payer"]) == ("REPAID", "another")
    assert str(user("bob").pk) not in [str(value) for value in told.data.values()]
    assert_books_balance()


def test_a_payer_without_enough_is_refused_and_so_is_one_without_a_wallet() -> None:
    vault = owing()
    give("bob", 10)
    poor = refusal(vault, 1_000, "bob")
    assert (poor.code, poor.details["available"]) == ("INSUFFICIENT_FUNDS", "10.00000000")
    assert refusal(vault, 1_000, "carol").code == "INSUFFICIENT_FUNDS"
    assert_books_balance()


@pytest.mark.parametrize("oracle", ["none", "stale", "halted", "healthy"])
def test_it_works_whatever_the_oracle_says(oracle: str) -> None:
    vault = owing()
    now = NOON + timedelta(hours=1) if oracle == "stale" else NOON
    if oracle != "none":
        set_price(45_000, halt=None)
    done = repay(Repay(vault.owner_id, vault.pk, new_key(), 1_000 * E8), now)
    assert done.debt_atoms == 1_500 * E8


def test_a_frozen_vault_and_a_suspended_owner_with_a_frozen_account_may_still_repay() -> None:
    vault = owing()
    take_step(vault, VaultEvent.FREEZE)
    AccountRole.objects.create(user=user("alice"), role=Role.SUSPENDED, changed_at=NOON)
    AccountFreeze.objects.create(owner=user("alice"), reason="REORG")
    assert repaid(vault, None).status == "FROZEN"


def test_money_of_a_frozen_account_does_not_leave_it_through_anothers_vault() -> None:
    give("bob", 2_000)
    AccountFreeze.objects.create(owner=user("bob"), reason="REORG")
    assert refusal(owing(), 1_000, "bob").code == "ACCOUNT_FROZEN"


def test_a_vault_that_is_being_liquidated_recovers_at_once_by_the_price() -> None:
    set_price(37_000)
    vault = owing()
    take_step(vault, VaultEvent.LIQUIDATE)
    assert repaid(vault, 100).status == "WARNING"
    assert repaid(vault, 400).status == "ACTIVE"


def test_without_a_price_a_vault_in_danger_stays_where_it_is_until_nothing_is_owed() -> None:
    vault = owing()
    take_step(vault, VaultEvent.LIQUIDATE)
    assert not Current.objects.exists()
    assert repaid(vault, 1_500).status == "LIQUIDATING"
    assert repaid(vault, None).status == "ACTIVE"


def test_it_never_makes_a_vault_worse_than_the_scan_has_told() -> None:
    set_price(30_000)
    assert repaid(owing(), 100).status == "ACTIVE"


@pytest.mark.parametrize("status", ["PENDING", "CLOSING", "LIQUIDATED"])
def test_what_cannot_owe_anything_takes_no_repayment(status: str) -> None:
    vault = open_vault_row() if status == "PENDING" else funded_vault()
    steps = {"CLOSING": [VaultEvent.CLOSE], "LIQUIDATED": [VaultEvent.LIQUIDATE, VaultEvent.SETTLE]}
    take_step(vault, *steps.get(status, []))
    assert refusal(vault, 1).details == {"status": status}


def test_a_repeat_is_answered_as_the_first_and_pays_once() -> None:
    vault = owing()
    ask = Repay(vault.owner_id, vault.pk, new_key(), 1_000 * E8)
    assert repay(ask, NOON) == repay(ask, NOON + timedelta(days=1))
    assert dollars_of("alice") == 1_500 * E8


def test_two_peoples_keys_are_their_own() -> None:
    vault, key = owing(), new_key()
    give("bob", 1_000)
    repay(Repay(user("alice").pk, vault.pk, key, 500 * E8), NOON)
    repay(Repay(user("bob").pk, vault.pk, key, 600 * E8), NOON)
    assert house_atoms(Purpose.VAULT_DEBT) == -1_400 * E8


@pytest.mark.parametrize("atoms", [0, -1, -(2**63)])
def test_an_amount_that_is_none_is_refused(atoms: int) -> None:
    vault = owing()
    with pytest.raises(DomainError) as raised:
        repay(Repay(vault.owner_id, vault.pk, new_key(), atoms), NOON)
    assert raised.value.code == "AMOUNT_OUT_OF_RANGE"


def test_a_repayment_takes_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    vault = owing()
    ask = Repay(vault.owner_id, vault.pk, new_key(), 1_000 * E8)
    with django_assert_max_num_queries(14):  # a savepoint's two among them
        repay(ask, NOON)


def test_a_vault_that_is_not_there_is_not_found() -> None:
    user_id = User.objects.create(username="dave").pk
    with pytest.raises(DomainError) as raised:
        repay(Repay(user_id, Vault().pk, new_key(), 1), NOON)
    assert raised.value.code == "NOT_FOUND"
