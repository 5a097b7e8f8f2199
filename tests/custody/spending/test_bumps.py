"""What is stuck is replaced with every other output kept, or pulled by a child of its own change."""

import pytest

from custody.dev_chain.calls_transactions import FEE_RATE
from custody.models import Coin, Spend, SpendVersion
from custody.rules.fees import Paid, rate_of
from custody.rules.terms import Terms
from custody.services.spending.bump import bump_stuck
from custody.services.stops import stop_by_itself
from ledger.rules import Purpose as Account
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    is_in_mempool,
    latest,
    only_spend,
    plan_of,
    tx_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import Customer, later, new_terms

pytestmark = pytest.mark.long

PATIENCE = Terms().bump_after_blocks


def set_rate(house: PayingHouse, sats_per_vbyte: int) -> None:
    """What the node says that it takes to be mined soon."""
    house.node.set(FEE_RATE, str(sats_per_vbyte * 1_000))


@pytest.fixture
def stuck(house: PayingHouse, alice: Customer) -> SpendVersion:
    """A withdrawal told at 2 sat/vB that blocks leave out while 20 are asked for."""
    set_rate(house, 2)
    alice.ask(BTC // 2)
    house.pay()
    house.mine_empty(PATIENCE)
    set_rate(house, 20)
    return latest(only_spend())


def test_a_stuck_one_is_replaced_with_every_other_output_kept(
    house: PayingHouse, stuck: SpendVersion
) -> None:
    turn = house.turn()

    assert (turn.bumped, turn.signed, turn.told) == (1, 1, 1)
    spend, version = only_spend(), latest(only_spend())
    assert (version.number, version.verdict) == (1, "ACCEPTED")
    old, new = tx_of(stuck), tx_of(version)
    assert new.outputs[:-1] == old.outputs[:-1]
    assert new.outputs[-1].script == old.outputs[-1].script
    assert new.outputs[-1].value_sats < old.outputs[-1].value_sats
    assert [one.outpoint for one in new.inputs] == [one.outpoint for one in old.inputs]
    assert rate_of(Paid(version.fee_sats, version.vbytes)) >= 20_000
    assert is_in_mempool(house, version.txid)
    assert not is_in_mempool(house, stuck.txid)
    assert spend.withdrawals.get().txid == version.txid
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert balance(Account.MINER_FEES) == -version.fee_sats
    assert_all_is_true()


def test_the_version_that_is_mined_is_the_one_that_is_booked(house: PayingHouse, stuck: SpendVersion) -> None:
    house.turn()
    house.node.mine_on(house.node.tip, [tx_of(stuck)])  # a miner that never saw the replacement
    house.watch()

    spend = only_spend()
    assert (spend.status, spend.settled_txid, spend.settled_fee_sats) == (
        "SETTLED",
        stuck.txid,
        stuck.fee_sats,
    )
    assert spend.withdrawals.get().txid == stuck.txid
    assert house.turn().told == 0
    assert_all_is_true()


def test_it_is_left_alone_before_its_time_and_while_it_pays_enough(
    house: PayingHouse, alice: Customer
) -> None:
    set_rate(house, 2)
    alice.ask(BTC // 2)
    house.pay()
    house.mine_empty(PATIENCE - 1)
    set_rate(house, 20)
    assert house.turn().bumped == 0
    house.mine_empty()
    set_rate(house, 2)
    assert house.turn().bumped == 0
    set_rate(house, 20)
    assert house.turn().bumped == 1


def test_more_coins_are_added_where_the_change_cannot_pay(house: PayingHouse, alice: Customer) -> None:
    set_rate(house, 2)
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=False)
    house.refill(50_000_000 + 700)
    Coin.objects.filter(value_sats=6 * BTC).update(is_booked=False)
    alice.ask(50_000_000)
    house.pay()
    assert len(plan_of(latest(only_spend())).inputs) == 1
    Coin.objects.filter(value_sats__in=[4 * BTC, 6 * BTC]).update(is_booked=True)
    house.mine_empty(PATIENCE)
    set_rate(house, 100)

    assert house.turn().bumped == 1

    plan = plan_of(latest(only_spend()))
    assert len(plan.inputs) == 2
    assert plan.change is not None
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_a_child_pays_once_replacements_are_used_up(house: PayingHouse, stuck: SpendVersion) -> None:
    new_terms(max_bumps=0)

    assert house.turn().bumped == 1

    child = Spend.objects.get(purpose="BUMP")
    version = latest(child)
    parent, own = Paid(stuck.fee_sats, stuck.vbytes), Paid(version.fee_sats, version.vbytes)
    assert rate_of(parent + own) >= 20_000
    assert plan_of(version).payments == ()
    assert tx_of(version).inputs[0].outpoint.txid == stuck.txid
    house.mine()
    assert set(Spend.objects.values_list("status", flat=True)) == {"SETTLED"}
    assert balance(Account.MINER_FEES) == -(stuck.fee_sats + version.fee_sats)
    assert_all_is_true()


def test_a_child_that_is_stuck_is_replaced_and_pays_for_its_parent(
    house: PayingHouse, stuck: SpendVersion
) -> None:
    new_terms(max_bumps=0)
    house.pay()
    new_terms(max_bumps=5)
    house.mine_empty(PATIENCE)
    set_rate(house, 60)

    assert house.turn().bumped == 1

    child = Spend.objects.get(purpose="BUMP")
    version = latest(child)
    assert version.number == 1
    parent, own = Paid(stuck.fee_sats, stuck.vbytes), Paid(version.fee_sats, version.vbytes)
    assert rate_of(parent + own) >= 60_000
    house.mine()
    assert set(Spend.objects.values_list("status", flat=True)) == {"SETTLED"}
    assert_all_is_true()


def test_one_whose_change_is_spent_is_bumped_by_who_spends_it(house: PayingHouse, alice: Customer) -> None:
    set_rate(house, 2)
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=False)
    for number in range(2):
        alice.ask(BTC // 2, now=later(number))
        house.pay()
    Coin.objects.filter(value_sats=4 * BTC).update(is_booked=True)
    house.mine_empty(PATIENCE)
    set_rate(house, 20)

    assert house.turn().bumped == 1

    parent, child = Spend.objects.order_by("pk")
    assert (latest(parent).number, latest(child).number) == (0, 1)
    both = [Paid(latest(one).fee_sats, latest(one).vbytes) for one in (parent, child)]
    assert rate_of(both[0] + both[1]) >= 20_000
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"] * 2
    assert_all_is_true()


def test_fees_never_go_above_their_cap(house: PayingHouse, stuck: SpendVersion) -> None:
    set_rate(house, 1_900)
    house.turn()
    version = latest(only_spend())
    assert version.fee_sats <= Terms().max_fee_sats
    assert rate_of(Paid(version.fee_sats, version.vbytes)) <= Terms().max_fee_rate + 1_000


def test_one_that_no_node_lets_in_is_bumped_at_once(house: PayingHouse, alice: Customer) -> None:
    set_rate(house, 2)
    alice.ask(BTC // 2)
    house.pay()
    SpendVersion.objects.update(verdict="FEE_TOO_LOW")
    assert house.turn().bumped == 1
    assert latest(only_spend()).fee_sats > 0
    house.mine()
    assert withdrawal_statuses() == ["CONFIRMED"]
    assert_all_is_true()


def test_nothing_is_bumped_while_withdrawals_are_stopped(house: PayingHouse, stuck: SpendVersion) -> None:
    stop_by_itself(reason="a test")
    assert bump_stuck(rate=20_000, terms=Terms()) == 0
