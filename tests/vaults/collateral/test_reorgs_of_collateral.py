"""What the chain takes back: a deposit under a debt, a withdrawal, both at once."""

import pytest

from custody.bitcoin.types import Tx, TxOut
from tests.custody.support.paying import PayingHouse
from tests.vaults.collateral.scene import BTC, Life
from vaults.errors import CollateralTooSmall, InvalidState
from vaults.rules.coins import GIVEN_UP_AFTER_S, RIVAL_DEPTH
from vaults.services import coins


def forked(life: Life, depth: int, content: tuple[Tx, ...] = ()) -> None:
    """Other blocks, and the mempool forgets what they left out: nobody tells it again."""
    life.house.reorg(depth, content)
    life.house.node.drop_mempool()
    life.follow()


def rival_of(house: PayingHouse, txid: str) -> Tx:
    """It pays the same coins to somebody else."""
    raw = house.node.transaction(txid)
    assert raw is not None
    return house.node.replacement(txid, [TxOut(10_000, b"\x51")], fee_sats=50_000)


def test_a_deposit_under_a_debt_goes_and_the_vault_is_frozen_until_it_is_back(life: Life) -> None:
    txid = life.deposit(BTC)
    raw = life.house.node.transaction(txid)
    assert raw is not None
    life.mint(30_000)

    forked(life, 1)
    assert (life.vault.status, life.vault.collateral_sats) == ("FROZEN", 0)
    assert life.coins() == [(BTC, "GONE")]
    with pytest.raises(InvalidState):
        life.take(1_000_000)
    life.repay(1_000)  # always

    life.house.node.accept(raw)
    life.mine()
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", BTC)
    assert life.events()[-2:] == ["COLLATERAL_ADDED", "THAWED"]


@pytest.mark.long
def test_a_deposit_that_is_spent_twice_for_good_leaves_a_debt_that_the_scan_judges(life: Life) -> None:
    txid = life.deposit(BTC)
    life.mint(30_000)
    rival = rival_of(life.house, txid)
    forked(life, 1, (rival,))
    assert life.vault.status == "FROZEN"
    life.mine(RIVAL_DEPTH - 3)
    assert life.vault.status == "FROZEN"
    life.mine(3)
    assert life.coins() == [(BTC, "DOUBLE_SPENT")]
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 0)


@pytest.mark.long
def test_a_deposit_that_nobody_brings_back_freezes_for_a_day(life: Life) -> None:
    life.deposit(BTC)
    life.mint(30_000)
    forked(life, 1)
    life.wait(seconds=GIVEN_UP_AFTER_S - 60)
    life.mine()
    assert life.vault.status == "FROZEN"
    life.wait(seconds=120)
    life.mine()
    assert life.coins() == [(BTC, "LOST")]
    assert life.vault.status == "ACTIVE"


@pytest.mark.long
def test_without_debt_nothing_is_frozen(life: Life) -> None:
    life.deposit(BTC)
    forked(life, 1)
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", 0)


@pytest.mark.long
def test_a_repaid_vault_thaws_with_the_next_block(life: Life) -> None:
    life.deposit(BTC)
    life.mint(30_000)
    forked(life, 1)
    life.repay()
    life.mine()
    assert life.vault.status == "ACTIVE"


@pytest.mark.long
def test_a_withdrawals_block_goes_and_comes_again(life: Life) -> None:
    life.deposit(2 * BTC)
    row = life.take(BTC)
    life.send_off(row)
    held = life.vault.collateral_sats
    assert life.coins()[1][1] == "CREDITED"  # the change

    life.house.reorg(1)
    life.follow()
    assert life.statuses() == ["BROADCAST"]
    assert life.vault.collateral_sats == held
    assert life.coins()[0] == (2 * BTC, "CREDITED")
    with pytest.raises(CollateralTooSmall):
        life.take(1_000)  # the change is on its way

    life.pay()
    life.mine()
    assert life.statuses() == ["CONFIRMED"]
    assert life.vault.collateral_sats == held
    assert [status for _, status in life.coins()] == ["SPENT", "CREDITED"]


@pytest.mark.long
@pytest.mark.parametrize("page", [1, coins.PAGE])
def test_withdrawals_in_a_row_are_undone_and_go_on_in_order(
    life: Life, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """However many coins are followed at once: of one alone its withdrawal's successors are told later."""
    monkeypatch.setattr(coins, "PAGE", page)
    life.deposit(2 * BTC)
    life.send_off(life.take(BTC // 2))
    life.send_off(life.take(BTC // 2))
    held = life.vault.collateral_sats

    life.house.reorg(2)
    life.follow()
    assert life.statuses() == ["BROADCAST", "BROADCAST"]
    assert life.vault.collateral_sats == held
    assert "COLLATERAL_GONE" not in life.events()  # as if change had counted beside what it is made of
    life.pay()
    life.mine()
    assert life.statuses() == ["CONFIRMED", "CONFIRMED"]
    assert life.vault.collateral_sats == held


@pytest.mark.long
def test_a_withdrawal_whose_deposit_goes_is_suspended_and_goes_on_with_it(life: Life) -> None:
    txid = life.deposit(2 * BTC)
    raw = life.house.node.transaction(txid)
    assert raw is not None
    row = life.take(BTC)
    life.sign(row)
    life.pay()
    assert life.statuses() == ["BROADCAST"]

    forked(life, 1)
    assert life.statuses() == ["SUSPENDED"]
    assert (life.vault.status, life.vault.collateral_sats) == ("FROZEN", 0)

    life.house.node.accept(raw)
    life.mine()
    assert life.statuses() == ["BROADCAST"]
    assert (life.vault.status, life.vault.collateral_sats) == ("ACTIVE", BTC - row.fee_sats)
    life.wait(minutes=20)
    life.pay()
    life.mine()
    assert life.statuses() == ["CONFIRMED"]


@pytest.mark.long
def test_a_plan_whose_deposit_goes_is_given_up(life: Life) -> None:
    life.deposit(2 * BTC)
    life.sign(life.take(BTC // 2))
    forked(life, 1)
    assert life.statuses() == ["CANCELED"]  # the protocol was not asked yet
    assert life.vault.collateral_sats == 0
