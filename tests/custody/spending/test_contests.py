"""A transaction that none of us made spends our coins."""

from dataclasses import replace

import pytest

from custody.bitcoin.transactions import serialize, txid
from custody.bitcoin.types import Payment
from custody.chains.source import Verdict, VerdictKind
from custody.models import CoinSource, Spend, SpendVersion, WithdrawalStop
from custody.selectors_spends import does_the_same
from custody.services.stops import let_withdrawals_go_on
from tests.custody.spending.test_telling import answering
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    latest,
    only_spend,
    plan_of,
    stolen,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.support.wallets import address
from tests.custody.withdrawals.scene import Customer, later, operator

pytestmark = pytest.mark.long


def theft_of(spend: Spend, fee_sats: int = 50_000) -> bytes:
    """The same coins by who has the key, to an address of his own."""
    plan = plan_of(latest(spend))
    total = sum(one.value_sats for one in plan.inputs)
    loot = Payment(address("mallory"), total - fee_sats, "loot")
    return serialize(stolen(replace(plan, spend_id="loot", payments=(loot,), change=None, fee_sats=fee_sats)))


def test_a_stranger_in_the_mempool_stops_everything(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    house.pay()
    assert house.source.tell(theft_of(only_spend())).kind == "ACCEPTED"

    house.watch()

    assert only_spend().status == "CONTESTED"
    assert WithdrawalStop.objects.filter(ended_at__isnull=True).count() == 1
    assert withdrawal_statuses() == ["BROADCAST"]  # the customer's money waits for people
    assert house.turn().planned == 0


def test_a_stranger_in_a_block_is_a_contest_and_nothing_is_settled(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)
    house.pay()
    house.source.tell(theft_of(only_spend()))
    house.mine(3)
    assert only_spend().status == "CONTESTED"
    assert only_spend().settlements == 0
    house.turn(minutes=11)
    assert only_spend().status == "CONTESTED"


def test_a_reorg_that_gives_the_coins_to_a_stranger_undoes_what_was_settled(
    house: PayingHouse, alice: Customer
) -> None:
    alice.ask(BTC)
    house.settle()
    raw = theft_of(only_spend())
    house.node.invalidate_block(house.node.tip)
    house.node.drop_mempool()
    house.source.tell(raw)
    house.mine(2)

    spend = only_spend()
    assert (spend.status, spend.settlements) == ("CONTESTED", 1)
    assert withdrawal_statuses() == ["BROADCAST"]
    assert WithdrawalStop.objects.filter(ended_at__isnull=True).exists()


def test_a_transaction_is_known_by_its_inputs_and_outputs(house: PayingHouse, alice: Customer) -> None:
    """Of segwit inputs no other form with another txid exists, so a made-up one stands in for it."""
    alice.ask(BTC)
    house.pay()
    version = latest(only_spend())
    seen = tx_of(version)
    SpendVersion.objects.filter(pk=version.pk).update(txid="ee" * 32)
    assert txid(seen) != latest(only_spend()).txid
    assert CoinSource.objects.filter(pk=txid(seen)).exists()
    assert does_the_same(seen, replace(seen, version=1, lock_time=7))

    house.mine()

    assert only_spend().settled_txid == txid(seen)
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert not WithdrawalStop.objects.exists()


def test_other_outputs_or_another_order_are_not_the_same(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC // 2, now=later(0))
    alice.ask(BTC // 4, now=later(1))
    house.pay()
    seen = tx_of(latest(only_spend()))
    assert not does_the_same(seen, replace(seen, outputs=seen.outputs[::-1]))
    assert not does_the_same(seen, replace(seen, outputs=seen.outputs[:-1]))
    assert_all_is_true()


def test_what_people_let_go_on_is_not_stopped_for_the_same_again(house: PayingHouse, alice: Customer) -> None:
    alice.ask(BTC)
    gone = Verdict(VerdictKind.MISSING_INPUTS, "bad-txns-inputs-missingorspent")
    answering(house, *[gone] * 6)
    for _ in range(2):
        house.turn(minutes=11)
    stop = WithdrawalStop.objects.get()
    let_withdrawals_go_on(stop_id=stop.pk, origin=operator("olga"), reason="looked at", now=house.now)

    for _ in range(3):
        house.turn(minutes=11)

    assert (only_spend().status, latest(only_spend()).verdict) == ("CONTESTED", "MISSING_INPUTS")
    assert not WithdrawalStop.objects.filter(ended_at__isnull=True).exists()
