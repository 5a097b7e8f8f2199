"""What was signed and can never confirm is given up by an operator, and its withdrawals are paid anew."""

import pytest

from access.models import AuditEntry
from custody.bitcoin.types import Role, TxOut
from custody.errors import InvalidState
from custody.models import Spend, SpendCoin, WithdrawalStop
from custody.services.spending.lost import LOST_DEPTH, give_up_lost
from custody.services.spending.outside import Outside
from custody.services.stops import let_withdrawals_go_on, stop_by_itself
from custody.services.unexpected import note_unexpected_spends
from ledger.rules import Purpose
from tests.custody.spending.test_contests import theft_of
from tests.custody.support.house import balance, funds, only_deposit, script_of
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    hot_signer,
    latest,
    only_spend,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import customer, operator

pytestmark = pytest.mark.long


def go_on(house: PayingHouse) -> None:
    """People look at it, and who runs the signer voids the spend there."""
    stop = WithdrawalStop.objects.get(ended_at__isnull=True)
    let_withdrawals_go_on(stop_id=stop.pk, origin=operator("oscar"), reason="looked at", now=house.now)
    house.outside = Outside(house.source, {Role.HOT: hot_signer()})


def give_up() -> None:
    give_up_lost(spend_id=only_spend().pk, origin=operator("olga"), reason="its coin is gone")


@pytest.fixture
def undone(bare_house: PayingHouse) -> PayingHouse:
    """Alice was paid with Carol's coin and was settled, and a reorg gave Carol's coin to somebody else."""
    house = bare_house
    house.refill(BTC // 2)
    paid = house.node.pay([TxOut(BTC // 2, script_of("carol"))])
    house.mine()
    customer("alice").ask(9 * BTC // 10)
    house.settle()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert len(tx_of(latest(only_spend())).inputs) == 2
    parent = house.node.hash_at(house.node.height - 2)
    assert parent is not None
    rival = house.node.replacement(paid, [], fee_sats=5_000)
    for number in range(4):
        parent = house.node.mine_on(parent, [rival] if number == 0 else ())
    house.node.drop_mempool()
    house.watch()
    for _ in range(3):
        house.turn(minutes=1)
        house.watch()
    return house


def test_a_withdrawal_of_a_coin_that_a_reorg_gave_away_is_paid_with_others(undone: PayingHouse) -> None:
    assert (only_deposit().status, funds("carol")) == ("DOUBLE_SPENT", 0)
    assert (only_spend().status, withdrawal_statuses()) == ("CONTESTED", ["BROADCAST"])
    assert_all_is_true()
    undone.mine_empty(LOST_DEPTH)

    give_up()

    assert withdrawal_statuses() == ["APPROVED"]
    assert not SpendCoin.objects.filter(is_released=False).exists()
    assert AuditEntry.objects.filter(action="custody.spend_given_up").count() == 1
    assert_all_is_true()
    go_on(undone)
    undone.refill(2 * BTC)
    undone.settle()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert sorted(Spend.objects.values_list("status", flat=True)) == ["DROPPED", "SETTLED"]
    assert balance(Purpose.WITHDRAWALS) == 0
    assert_all_is_true()


def test_nothing_is_given_up_before_what_took_its_coin_lies_deep(undone: PayingHouse) -> None:
    with pytest.raises(InvalidState):
        give_up()
    assert withdrawal_statuses() == ["BROADCAST"]


def test_what_a_thief_spent_is_given_up_once_it_lies_deep(house: PayingHouse) -> None:
    customer("alice").ask(BTC)
    house.pay()
    with pytest.raises(InvalidState):
        give_up()
    house.source.tell(theft_of(only_spend()))
    house.mine(LOST_DEPTH - 1)
    with pytest.raises(InvalidState):
        give_up()
    house.mine()

    give_up()

    go_on(house)
    house.settle()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_what_nobody_was_asked_to_sign_is_given_up_at_once(house: PayingHouse) -> None:
    customer("alice").ask(BTC)
    stop_by_itself(reason="a test")
    assert house.turn().planned == 0
    let_withdrawals_go_on(
        stop_id=WithdrawalStop.objects.get().pk, origin=operator("oscar"), reason="a test", now=house.now
    )
    house.outside = Outside(house.source, {})
    house.turn()
    Spend.objects.update(status="CONTESTED")
    Spend.objects.get().versions.update(asked_at=None)

    give_up()

    assert latest(only_spend()).txid.startswith("dropped:")
    assert withdrawal_statuses() == ["APPROVED"]
    assert_all_is_true()


def test_one_that_was_given_up_and_confirms_is_told_to_people(house: PayingHouse) -> None:
    customer("alice").ask(BTC)
    house.pay()
    Spend.objects.update(status="DROPPED")
    assert note_unexpected_spends() == 1
