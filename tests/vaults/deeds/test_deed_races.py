"""Deeds at once, each in a connection of its own: nothing is minted twice, and nobody waits in a circle."""

from datetime import timedelta

import pytest

from ledger.rules import Purpose
from ledger.streams import events_of
from tests.support.together import together
from tests.vaults.deeds.scene import (
    E8,
    NOON,
    assert_books_balance,
    dollars_of,
    funded_vault,
    give,
    house_atoms,
    mint_ask,
    minted,
    opening_ask,
    repaid,
)
from tests.vaults.support.prices import set_price
from vaults.models import FiguresVersion, Operation, Vault
from vaults.services.accruing import accrue
from vaults.services.figures import version_in_force
from vaults.services.minting import mint
from vaults.services.opening import open_vault

pytestmark = pytest.mark.usefixtures("committed_house")

TENTH = E8 // 10
MOST = 3_000  # dollars of a tenth of a bitcoin at 45,000


def versions_are_dense(vault: Vault) -> bool:
    vault.refresh_from_db()
    return [one.version for one in events_of(vault.stream)] == list(range(1, vault.version + 1))


def test_of_fifty_mints_of_the_whole_exactly_one_wins() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    outcomes = together(*[lambda: minted(vault, MOST)] * 50)
    assert sorted(outcomes) == [""] + ["BELOW_MINIMUM_RATIO"] * 49
    assert (dollars_of("alice"), house_atoms(Purpose.VAULT_DEBT)) == (MOST * E8, -MOST * E8)
    assert versions_are_dense(vault)
    assert_books_balance()


def test_one_key_sent_twenty_times_mints_once() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    ask = mint_ask(vault, 1_000)
    assert set(together(*[lambda: mint(ask, NOON)] * 20)) == {""}
    assert dollars_of("alice") == 1_000 * E8
    assert Operation.objects.count() == 1


def test_one_key_for_two_vaults_at_once_mints_once() -> None:
    set_price(45_000)
    vaults = [funded_vault(sats=TENTH) for _ in range(6)]
    asks = [mint_ask(vault, 1_000, key="once") for vault in vaults]
    outcomes = together(*[lambda ask=ask: mint(ask, NOON) for ask in asks])
    assert sorted(outcomes) == [""] + ["KEY_REUSED"] * 5
    assert dollars_of("alice") == 1_000 * E8
    assert_books_balance()


def test_vaults_that_mint_at_once_do_not_pass_the_ceiling_of_the_house() -> None:
    set_price(45_000)
    version = version_in_force()
    version.pk, version.debt_ceiling_atoms = None, 4_500 * E8
    version.save(force_insert=True)
    vaults = [funded_vault(f"owner-{number}", sats=TENTH) for number in range(8)]
    outcomes = together(*[lambda vault=vault: minted(vault, 1_000) for vault in vaults])
    assert sorted(outcomes) == [""] * 4 + ["DEBT_CEILING"] * 4
    assert house_atoms(Purpose.VAULT_DEBT) == -4_000 * E8
    assert FiguresVersion.objects.count() == 2


def test_mints_repayments_of_others_and_accruals_at_once_leave_books_that_balance() -> None:
    set_price(45_000)
    vaults = [funded_vault(name, sats=TENTH, debt=1_000 * E8) for name in ("alice", "bob")]
    for name in ("alice", "bob"):
        give(name, 5_000)
    ways = [
        *[lambda vault=vault: minted(vault, 100) for vault in vaults for _ in range(4)],
        *[lambda vault=vault: repaid(vault, 10, "alice") for vault in vaults for _ in range(4)],
        *[lambda vault=vault: repaid(vault, 10, "bob") for vault in vaults for _ in range(4)],
        *[lambda hour=hour: accrue(NOON + timedelta(hours=hour)) for hour in (1, 2, 2)],
    ]
    assert set(together(*ways)) <= {"", "DEBT_BELOW_FLOOR"}
    assert all(map(versions_are_dense, vaults))
    assert_books_balance()


def test_one_key_sent_by_ten_opens_one_vault_and_at_the_limit_only_one_gets_in() -> None:
    version = version_in_force()
    version.pk, version.max_vaults = None, 2
    version.save(force_insert=True)
    ask = opening_ask()
    assert set(together(*[lambda: open_vault(ask, NOON)] * 10)) == {""}
    asks = [opening_ask() for _ in range(6)]
    outcomes = together(*[lambda ask=ask: open_vault(ask, NOON) for ask in asks])
    assert sorted(outcomes) == [""] + ["TOO_MANY_VAULTS"] * 5
    assert Vault.objects.count() == 2
