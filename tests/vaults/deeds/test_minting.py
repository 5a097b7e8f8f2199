"""Minting: dollars to the funding wallet, the ledger with them, and who is refused, in which order."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries, Settings

from access.errors import DomainError
from access.models import AccountRole, Role
from custody.models import AccountFreeze
from ledger.rules import Purpose
from ledger.streams import events_of
from tests.vaults.deeds.scene import (
    E8,
    NOON,
    assert_books_balance,
    dollars_of,
    funded_vault,
    house_atoms,
    mint_ask,
    minted,
    moves_of,
    user,
)
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import open_vault_row, take_step
from vaults.models import FiguresVersion
from vaults.rules.statuses import VaultEvent
from vaults.services.accruing import accrue
from vaults.services.minting import mint

pytestmark = pytest.mark.usefixtures("house")

TENTH = E8 // 10
MOST = 3_000  # dollars of a tenth of a bitcoin at 45,000


def refusal(vault_dollars: int = 1_000, **changes: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        minted(funded_vault(sats=TENTH), vault_dollars, **changes)
    return raised.value


def test_it_gives_dollars_against_debt_and_says_how_the_vault_stands() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    done = minted(vault, 2_000)
    assert (done.amount_atoms, done.debt_atoms, done.ratio_ppm) == (2_000 * E8, 2_000 * E8, 2_250_000)
    assert (dollars_of("alice"), house_atoms(Purpose.VAULT_DEBT)) == (2_000 * E8, -2_000 * E8)
    assert moves_of(vault) == [("VAULT_MINT", 2_000 * E8)]
    assert_books_balance()


def test_its_event_says_the_amount_the_price_and_the_rate() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    done = minted(vault, 2_000)
    event = events_of(vault.stream)[-1]
    assert (event.version, event.name) == (done.version, "MINTED")
    assert event.data == {
        "amount_atoms": 2_000 * E8,
        "debt_atoms": 2_000 * E8,
        "ratio_ppm": 2_250_000,
        "price_e8": 45_000 * E8,
        "round_id": 1,
        "rate_ray": str(10**27),
        "status": "ACTIVE",
        "collateral_sats": TENTH,
        "normalised_atoms": 2_000 * E8,
    }


def test_exactly_the_minimum_ratio_is_enough_and_one_atom_more_is_too_much() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    with pytest.raises(DomainError) as raised:
        mint(mint_ask(vault, 0, amount_atoms=MOST * E8 + 1), NOON)
    assert raised.value.code == "BELOW_MINIMUM_RATIO"
    assert raised.value.details["available"] == "3000.00000000"
    assert minted(vault, MOST).ratio_ppm == 1_500_000
    assert_books_balance()


def test_exactly_the_minimum_is_refused_of_a_vault_with_one_satoshi_less() -> None:
    set_price(45_000)
    with pytest.raises(DomainError) as raised:
        minted(funded_vault(sats=TENTH - 1), MOST)
    assert raised.value.code == "BELOW_MINIMUM_RATIO"


def test_the_lowest_of_the_price_less_its_confidence_and_the_hours_mean_counts() -> None:
    set_price(45_000, confidence=100)
    assert minted(funded_vault(sats=TENTH), 1_000).price_e8 == 44_900 * E8
    set_price(45_000, twap_e8=44_000 * E8)
    assert minted(funded_vault(sats=TENTH), 1_000).price_e8 == 44_000 * E8


def test_at_a_grown_rate_what_rounding_adds_is_booked_apart() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    accrue(NOON + timedelta(days=300, seconds=7))
    done = minted(vault, 2_000)
    rounding = done.debt_atoms - 2_000 * E8
    assert 0 <= rounding <= 3
    assert house_atoms(Purpose.VAULT_DEBT) == -done.debt_atoms
    assert house_atoms(Purpose.VAULT_ROUNDING) == rounding
    assert_books_balance()


def test_its_owners_guards_refuse_what_a_moved_price_or_fee_would_make_of_it() -> None:
    set_price(45_000)
    assert refusal(2_000, min_ratio_ppm=2_250_001).code == "RATIO_MOVED"
    assert refusal(2_000, max_debt_atoms=2_000 * E8 - 1).code == "DEBT_MOVED"
    vault = funded_vault(sats=TENTH)
    assert minted(vault, 2_000, min_ratio_ppm=2_250_000, max_debt_atoms=2_000 * E8).debt_atoms


def test_less_than_the_floor_and_more_than_a_ceiling_is_refused() -> None:
    set_price(45_000)
    assert refusal(999).code == "DEBT_BELOW_FLOOR"
    version = FiguresVersion.objects.latest("pk")
    version.pk, version.vault_ceiling_atoms = None, 1_500 * E8
    version.save(force_insert=True)
    assert (refusal(1_501).code, refusal(1_501).details["of"]) == ("DEBT_CEILING", "vault")
    version.pk, version.debt_ceiling_atoms = None, 1_200 * E8
    version.save(force_insert=True)
    assert minted(funded_vault("bob", sats=TENTH), 1_100).debt_atoms
    assert (refusal(1_000).code, refusal(1_000).details["of"]) == ("DEBT_CEILING", "house")


def test_where_money_is_real_nobody_mints_yet(settings: Settings) -> None:
    set_price(45_000)
    settings.DEMO = False
    assert refusal().code == "MINTING_NOT_OPEN"


def test_a_suspended_owner_and_a_frozen_account_are_refused() -> None:
    set_price(45_000)
    alice = user("alice")
    AccountRole.objects.create(user=alice, role=Role.SUSPENDED, changed_at=NOON)
    assert refusal().code == "NOT_PERMITTED"
    AccountRole.objects.all().delete()
    AccountFreeze.objects.create(owner=alice, reason="REORG")
    assert refusal().code == "ACCOUNT_FROZEN"


@pytest.mark.parametrize("to", ["PENDING", "LIQUIDATING", "LIQUIDATED", "CLOSING", "CLOSED", "FROZEN"])
def test_only_a_free_vault_mints(to: str) -> None:
    set_price(45_000)
    vault = open_vault_row() if to == "PENDING" else funded_vault(sats=TENTH)
    take_step(vault, *_STEPS[to])
    with pytest.raises(DomainError) as raised:
        minted(vault, 1_000)
    assert (raised.value.code, raised.value.details) == ("INVALID_STATE", {"status": to})


_STEPS = {
    "PENDING": (),
    "LIQUIDATING": (VaultEvent.LIQUIDATE,),
    "LIQUIDATED": (VaultEvent.LIQUIDATE, VaultEvent.SETTLE),
    "CLOSING": (VaultEvent.CLOSE,),
    "CLOSED": (VaultEvent.CLOSE, VaultEvent.FINISH),
    "FROZEN": (VaultEvent.FREEZE,),
}


def test_a_warned_vault_may_mint_down_to_the_minimum() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    take_step(vault, VaultEvent.WARN)
    assert minted(vault, MOST).debt_atoms == MOST * E8


def test_anothers_vault_is_as_one_that_does_not_exist() -> None:
    set_price(45_000)
    vault, mallory = funded_vault(), User.objects.create(username="mallory")
    with pytest.raises(DomainError) as raised:
        minted(vault, 1_000, owner_id=mallory.pk)
    assert (raised.value.code, raised.value.details) == ("NOT_FOUND", {})


def test_a_repeat_is_answered_as_the_first_whatever_happened_since() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    ask = mint_ask(vault, 2_000)
    first = mint(ask, NOON)
    take_step(vault, VaultEvent.LIQUIDATE)
    assert mint(ask, NOON + timedelta(days=1)) == first
    assert dollars_of("alice") == 2_000 * E8


def test_a_key_that_stands_for_something_else_is_refused() -> None:
    set_price(45_000)
    vault, other = funded_vault(sats=TENTH), funded_vault(sats=TENTH)
    ask = mint_ask(vault, 1_000)
    mint(ask, NOON)
    for changed in (mint_ask(vault, 1_001, key=ask.key), mint_ask(other, 1_000, key=ask.key)):
        with pytest.raises(DomainError) as raised:
            mint(changed, NOON)
        assert raised.value.code == "KEY_REUSED"


def test_a_refused_mint_changes_nothing_and_its_key_may_be_used_again() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    ask = mint_ask(vault, MOST + 1)
    with pytest.raises(DomainError):
        mint(ask, NOON)
    assert (moves_of(vault), vault.version) == ([], len(events_of(vault.stream)))
    assert mint(mint_ask(vault, MOST, key=ask.key), NOON).debt_atoms == MOST * E8


@pytest.mark.parametrize("atoms", [0, -1, 10**18, 2**63])
def test_an_amount_that_is_none_is_refused(atoms: int) -> None:
    set_price(45_000)
    with pytest.raises(DomainError) as raised:
        mint(mint_ask(funded_vault(sats=TENTH), 0, amount_atoms=atoms), NOON)
    assert raised.value.code in ("AMOUNT_OUT_OF_RANGE", "DEBT_CEILING")


def test_a_mint_takes_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    minted(vault, 1_000)  # the first one opens the accounts
    ask = mint_ask(vault, 1_000)
    with django_assert_max_num_queries(17):  # a savepoint's two among them
        mint(ask, NOON)
