"""How often a deed waits for the database: what it takes of time is that, and it must not creep up."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.vaults.deeds.scene import E8, NOON, funded_vault, mint_ask, new_key, opening_ask
from tests.vaults.support.prices import set_price
from vaults.services.minting import Minted, mint
from vaults.services.opening import open_vault
from vaults.services.repaying import Repay, repay

pytestmark = pytest.mark.usefixtures("house")

ENDS = 2  # of a transaction within the test's own: a savepoint and its release


def messages(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        deed()
    return len(captured)


def test_a_mint_looks_once_locks_the_accounts_and_writes_once() -> None:
    set_price(45_000)
    ask = mint_ask(funded_vault(debt=1_000 * E8), 100)
    assert messages(lambda: mint(ask, NOON)) == 3 + ENDS


def test_a_repayment_looks_once_locks_the_accounts_and_writes_once() -> None:
    vault = funded_vault(debt=2_000 * E8)
    ask = Repay(vault.owner_id, vault.pk, new_key(), 100 * E8)
    assert messages(lambda: repay(ask, NOON)) == 3 + ENDS


def test_an_opening_looks_once_and_makes_wallet_and_vault_in_one_transaction() -> None:
    open_vault(opening_ask(), NOON)  # the owner's accounts are there from then on
    ask = opening_ask()
    assert messages(lambda: open_vault(ask, NOON)) == 3 + ENDS


def test_a_repeat_looks_once_and_does_nothing() -> None:
    set_price(45_000)
    ask = mint_ask(funded_vault(), 1_000)
    first = mint(ask, NOON)
    again: list[Minted] = []
    assert messages(lambda: again.append(mint(ask, NOON))) == 1 + ENDS
    assert again == [first]
