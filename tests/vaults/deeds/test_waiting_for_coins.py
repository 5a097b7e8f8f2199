"""Of a deposit that has left the chain: no debt begins on it, and who repays meanwhile has his vault back."""

import pytest
from django.db import transaction

from custody.bitcoin.types import Network
from custody.selectors_vaults import FactsPosition
from tests.vaults.deeds.scene import E8, NOON, assert_books_balance, funded_vault, minted, repaid
from tests.vaults.support.prices import set_price
from tests.vaults.support.rows import credit_coin, take_step
from vaults.errors import InvalidState
from vaults.models import Vault, VaultCoin
from vaults.previewing import Thought, preview
from vaults.rules.statuses import CoinStatus, VaultEvent, VaultStatus
from vaults.services.changes import locked_vault, store
from vaults.services.coins import take_turn
from vaults.services.scene import Chain, Scene

pytestmark = pytest.mark.usefixtures("house")

TENTH = E8 // 10


@transaction.atomic
def lose(vault: Vault, coin: VaultCoin) -> None:
    locked = locked_vault(vault.pk)
    locked.collateral_sats -= coin.value_sats
    VaultCoin.objects.filter(pk=coin.pk).update(status=CoinStatus.GONE)
    store(locked, "COLLATERAL_GONE", {}, NOON)
    vault.refresh_from_db()


@transaction.atomic
def turn(vault: Vault) -> None:
    """Of whoever follows the chain, which tells nothing new of the vault's coins."""
    chain = Chain(FactsPosition(Network.REGTEST, 100, 1), 1_000, {}, set())
    take_turn(Scene(locked_vault(vault.pk), NOON, chain, [], False))
    vault.refresh_from_db()


def test_no_debt_begins_while_a_coin_may_come_back() -> None:
    set_price(45_000)
    vault = funded_vault(sats=TENTH)
    lose(vault, credit_coin(vault, TENTH))
    with pytest.raises(InvalidState, match="left the chain"):
        minted(vault, 1_000)
    refusal = preview(vault, Thought(mint_atoms=1_000 * E8), NOON).refusal
    assert isinstance(refusal, InvalidState)
    VaultCoin.objects.filter(status=CoinStatus.GONE).update(status=CoinStatus.LOST)
    minted(vault, 1_000)
    assert_books_balance()


@pytest.mark.parametrize("event", [VaultEvent.WARN, VaultEvent.LIQUIDATE])
def test_what_was_repaid_while_it_was_frozen_thaws_to_where_nothing_is_owed(event: VaultEvent) -> None:
    """No scan looks at it any more, and a liquidating vault is not closed."""
    vault = funded_vault(sats=TENTH, debt=2_000 * E8)
    take_step(vault, event, VaultEvent.FREEZE)
    assert repaid(vault, None).status == VaultStatus.FROZEN
    turn(vault)
    assert vault.status == VaultStatus.ACTIVE
    assert_books_balance()


def test_what_still_owes_thaws_to_where_it_was_until_it_is_judged() -> None:
    vault = funded_vault(sats=TENTH, debt=2_000 * E8)
    take_step(vault, VaultEvent.LIQUIDATE, VaultEvent.FREEZE)
    turn(vault)
    assert vault.status == VaultStatus.LIQUIDATING
