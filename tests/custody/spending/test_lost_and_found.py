"""Versions, children and refills that come back in another form or order than they went."""

import pytest

from custody.chains.source import Verdict, VerdictKind
from custody.models import Coin, Spend, SpendVersion, WithdrawalStop
from custody.rules.terms import Terms
from custody.services.spending import ask
from custody.services.spending.bump import bump_stuck
from ledger.rules import Purpose
from tests.custody.spending.test_bumps import set_rate, stuck
from tests.custody.spending.test_telling import answering
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    latest,
    only_spend,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import Customer, later

pytestmark = pytest.mark.long


__all__ = ["stuck"]


def test_a_refill_that_comes_back_in_one_block_with_its_spend_is_counted(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)
    house.settle()
    before = balance(Purpose.HOUSE)
    house.reorg(2)  # the spend's block and the refill's
    assert withdrawal_statuses() == ["BROADCAST"]

    house.mine()  # both wait, and come back together

    assert withdrawal_statuses() == ["CONFIRMED"]
    assert balance(Purpose.HOUSE) == before
    assert_all_is_true()


def test_a_late_signature_of_a_replacement_does_not_rename_what_is_confirmed(
    house: PayingHouse, alice: Customer, stuck: SpendVersion
) -> None:
    assert bump_stuck(rate=20_000, terms=Terms()) == 1
    version = latest(only_spend())
    begun = ask._begin(version.pk, house.now)
    assert begun is not None
    house.node.mine_on(house.node.tip, [tx_of(stuck)])
    house.watch()
    assert only_spend().settled_txid == stuck.txid

    ask.keep_signed(version.pk, b"\x01", house.now)

    assert only_spend().withdrawals.get().txid == stuck.txid


def test_after_a_reorg_the_version_is_told_whose_change_is_spent(
    house: PayingHouse, alice: Customer, bob: Customer, stuck: SpendVersion
) -> None:
    house.turn()
    assert is_in_mempool(house, latest(only_spend()).txid)
    house.node.mine_on(house.node.tip, [tx_of(stuck)])
    house.watch()
    assert only_spend().settled_txid == stuck.txid
    Coin.objects.exclude(txid=stuck.txid).update(is_booked=False)
    set_rate(house, 2)
    bob.ask(BTC, now=later(1))
    house.pay()
    child = latest(Spend.objects.order_by("-pk")[0])
    assert {one.outpoint.txid for one in tx_of(child).inputs} == {stuck.txid}
    Coin.objects.filter(value_sats__in=[6 * BTC, 4 * BTC], spent_by="").update(is_booked=True)

    house.reorg(1)
    house.turn()
    house.watch()

    assert is_in_mempool(house, stuck.txid)
    assert is_in_mempool(house, child.txid)
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"] * 2
    assert not WithdrawalStop.objects.exists()


def test_change_of_what_was_replaced_is_not_spent_before_it_is_booked(
    house: PayingHouse, bob: Customer, stuck: SpendVersion
) -> None:
    """A miner may yet take the other version, and what spends this one's change could never confirm."""
    house.pay()
    assert latest(only_spend()).number == 1
    Coin.objects.filter(is_booked=True, spent_by="").update(is_booked=False)
    bob.ask(BTC, now=later(1))
    assert house.turn().planned == 0

    house.mine()

    assert house.turn().planned == 1


def test_a_child_whose_parent_nodes_let_go_is_no_contest(house: PayingHouse, alice: Customer) -> None:
    """As where fees rise so far that a full mempool drops both."""
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=False)
    for number in range(2):
        alice.ask(BTC // 2, now=later(number))
        house.pay()
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=True)
    house.node.drop_mempool()
    house.watch()
    low = Verdict(VerdictKind.FEE_TOO_LOW, "mempool min fee not met")
    gone = Verdict(VerdictKind.MISSING_INPUTS, "bad-txns-inputs-missingorspent")
    answering(house, low, *[gone, low] * 3)  # the parent, and then the child, each time with the parent again
    for minutes in (11, 5, 4):
        house.turn(minutes=minutes)
        house.watch()
    assert latest(Spend.objects.order_by("-pk")[0]).verdict == "MISSING_INPUTS"

    assert set(Spend.objects.values_list("status", flat=True)) == {"BROADCAST"}
    assert not WithdrawalStop.objects.exists()
    for _ in range(2):
        house.turn(minutes=11)
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"] * 2
    assert_all_is_true()
