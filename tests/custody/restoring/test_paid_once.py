"""After a restore nothing that left before is paid a second time, and the books say so."""

import pytest
from django.utils import timezone

from custody.models import Restoration, Spend, Withdrawal
from custody.operator_errors import NotReconciled
from custody.selectors_withdrawals import claimable, open_stop
from custody.services.restoring.reconciling import Report, Terms, reconcile
from custody.services.stops import let_withdrawals_go_on
from custody.services.watching.watcher import Watcher
from tests.custody.restoring.lives import Lives
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import FEE, HOME, Customer, operator, status

pytestmark = pytest.mark.long


def reconciled(house: PayingHouse, *, by_chain: bool = False, owners: dict[str, int] | None = None) -> Report:
    return reconcile(house.outside, Terms(owners or {}, by_chain), now=timezone.now())


def go_on(house: PayingHouse) -> None:
    stop = open_stop()
    assert stop is not None
    let_withdrawals_go_on(stop_id=stop.pk, origin=operator("olga"), reason="looked at", now=house.now)


def go_back(house: PayingHouse, lives: Lives) -> None:
    lives.go_back()
    house.watcher = Watcher(house.source)


def test_a_withdrawal_that_was_paid_after_the_backup_is_settled_and_not_paid_again(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    house = signed_house
    asked = alice.ask(BTC)
    lives.remember()
    house.settle()
    paid = Spend.objects.get().settled_txid
    go_back(house, lives)
    assert status(asked.pk) == "APPROVED"  # as the rows know it, it waits to be paid

    house.turn()
    report = reconciled(house)

    assert (report.problems, report.found_again) == ([], [paid])
    assert status(asked.pk) == "CONFIRMED"
    go_on(house)
    house.settle()
    assert Spend.objects.exclude(status="DROPPED").count() == 1
    assert Withdrawal.objects.get(pk=asked.pk).txid == paid
    assert_all_is_true()


def test_one_that_waits_in_the_mempool_is_known_again(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    house = signed_house
    alice.ask(BTC)
    lives.remember()
    house.pay()
    txid = Spend.objects.get().versions.get().txid
    go_back(house, lives)
    assert reconciled(house).problems == []
    assert withdrawal_statuses() == ["BROADCAST"]
    go_on(house)
    house.turn()
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert Withdrawal.objects.get().txid == txid
    assert_all_is_true()


def test_one_that_was_signed_and_that_no_network_knows_is_told_again_and_not_planned_anew(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    house = signed_house
    alice.ask(BTC)
    lives.remember()
    house.turn()
    txid = Spend.objects.get().versions.get().txid
    house.node.drop_mempool()
    go_back(house, lives)
    assert reconciled(house).problems == []
    assert is_in_mempool(house, txid)
    go_on(house)
    house.settle()
    assert Withdrawal.objects.get().txid == txid
    assert_all_is_true()


def test_one_that_was_asked_for_after_the_backup_takes_its_money_again(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    house = signed_house
    lives.remember()
    asked = alice.ask(BTC)
    house.settle()
    left = alice.funding_sats()
    go_back(house, lives)
    assert alice.funding_sats() > left
    assert reconciled(house).problems == []
    assert alice.funding_sats() == left
    assert status(asked.pk) == "CONFIRMED"
    assert_all_is_true()


def test_several_that_spend_each_others_change_are_all_found(
    signed_house: PayingHouse, alice: Customer, bob: Customer, lives: Lives
) -> None:
    house = signed_house
    alice.ask(6 * BTC)
    lives.remember()
    house.pay()
    bob.ask(BTC)
    house.pay()
    house.settle()
    go_back(house, lives)
    house.watch()  # the watcher ran before anybody reconciled: its change looks like a gift
    report = reconciled(house)
    assert [one for one in report.problems if "several customers" in one] == report.problems != []
    assert reconciled(house, owners={HOME: bob.id}).problems == []
    assert bob.funding_sats() == 9 * BTC - FEE
    assert withdrawal_statuses() == ["CONFIRMED"] * 2
    assert_all_is_true()


def test_withdrawals_stay_stopped_until_it_is_reconciled(
    signed_house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    house = signed_house
    alice.ask(BTC)
    lives.remember()
    go_back(house, lives)
    assert claimable(house.now) == []
    with pytest.raises(NotReconciled):
        go_on(house)
    assert (house.turn().planned, withdrawal_statuses()) == (0, ["APPROVED"])
    assert reconciled(house).problems == []
    go_on(house)
    house.settle()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert Restoration.objects.get().reconciled_at is not None
    assert_all_is_true()


def test_a_signer_that_cannot_be_asked_leaves_it_unreconciled(
    house: PayingHouse, alice: Customer, lives: Lives
) -> None:
    asked = alice.ask(BTC)
    lives.remember()
    house.settle()
    go_back(house, lives)
    report = reconciled(house)  # its signer keeps no journal
    assert len(report.problems) == 2
    with pytest.raises(NotReconciled):
        go_on(house)
    assert reconciled(house, by_chain=True).problems == []
    assert status(asked.pk) == "CONFIRMED"
    assert_all_is_true()
