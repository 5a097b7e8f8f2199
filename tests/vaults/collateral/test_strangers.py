"""Transactions of a vault's coins that the house knows nothing of: her key and the backup's are enough."""

import pytest

from custody.bitcoin import psbts
from custody.bitcoin.plans import finalize
from custody.bitcoin.transactions import parse_tx, serialize
from custody.bitcoin.types import Payment, Purpose, Role, SpendPlan
from custody.models import Coin, VaultWallet
from custody.services.spending.coins import inputs_of
from custody.services.vault_wallets import vault_spec
from tests.custody.support.psbt_maps import signatures_by
from tests.custody.support.wallets import account, address
from tests.vaults.collateral.scene import BTC, Life
from vaults.errors import InvalidState

pytestmark = pytest.mark.long


def by_owner_and_backup(life: Life, sats: int, to: str, fee_sats: int = 3_000) -> bytes:
    """All coins of the vault: `sats` to this address, the rest to somebody else."""
    wallet = VaultWallet.objects.get(reference=str(life.vault_id))
    spec = vault_spec(wallet)
    coins = inputs_of(list(Coin.objects.filter(watched__wallet=wallet.reference, spent_by="").order_by("pk")))
    rest = sum(one.value_sats for one in coins) - sats - fee_sats
    payments = [Payment(to, sats, "a")] + ([Payment(address("mallory"), rest, "b")] if rest else [])
    plan = SpendPlan("", 0, Purpose.RECOVERY, spec, coins, tuple(payments), None, fee_sats)
    signed = psbts.signatures_in(plan, life.wallet.signed(psbts.psbt_of(plan)))
    backup = tuple(signatures_by(plan, account("backup", Role.BACKUP)))
    given = {**signed, spec.keys[2]: backup}
    return serialize(finalize(plan, given))


def test_what_is_taken_is_no_collateral_and_comes_back_with_a_reorg(life: Life) -> None:
    life.deposit(BTC)
    life.mint(20_000)
    life.house.node.accept(by_owner_and_backup(life, BTC - 3_000, address("mallory")))
    life.follow()
    assert life.vault.collateral_sats == BTC  # in the mempool it may yet be none
    life.mine()
    assert life.coins() == [(BTC, "TAKEN")]
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 0)
    assert life.events()[-1] == "COLLATERAL_TAKEN"

    life.house.reorg(1)
    life.follow()
    assert life.vault.collateral_sats == 0  # still about to go
    life.house.node.drop_mempool()
    life.follow()
    assert life.vault.collateral_sats == BTC


def test_what_comes_back_of_it_counts_once(life: Life) -> None:
    life.deposit(BTC)
    life.mint(10_000)
    life.house.node.accept(by_owner_and_backup(life, BTC // 2, life.vault.address))
    life.follow()
    assert life.vault.collateral_sats == BTC
    life.mine()
    assert life.coins() == [(BTC, "TAKEN"), (BTC // 2, "CREDITED")]
    assert life.vault.collateral_sats == BTC // 2


def test_a_withdrawal_whose_coin_is_taken_is_over(life: Life) -> None:
    life.deposit(BTC)
    planned = life.take(BTC // 4)
    life.house.node.accept(by_owner_and_backup(life, BTC - 3_000, address("mallory")))
    life.mine()
    assert life.statuses() == ["CANCELED"]
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 0)
    with pytest.raises(InvalidState):
        life.sign(planned)


def test_one_that_is_on_its_way_is_suspended_and_the_vault_is_not_frozen_by_that(life: Life) -> None:
    life.deposit(BTC)
    rival = parse_tx(by_owner_and_backup(life, BTC - 3_000, address("mallory")))
    life.sign(life.take(BTC // 4))
    life.pay()
    assert life.statuses() == ["BROADCAST"]
    life.house.node.mine_on(life.house.node.tip, [rival])
    life.follow()
    assert life.statuses() == ["SUSPENDED"]  # for custody's operators, who give the spend up
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 0)
