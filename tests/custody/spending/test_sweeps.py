"""What the hot wallet has above its cap goes to cold storage."""

import pytest

from custody.bitcoin.types import Role
from custody.models import Coin, Spend, WalletKey
from custody.services.stops import stop_by_itself
from ledger.rules import Purpose
from tests.custody.support.house import balance
from tests.custody.support.paying import BTC, PayingHouse, assert_all_is_true, latest, only_spend, plan_of
from tests.custody.withdrawals.scene import Customer, new_terms


def small_cap() -> None:
    new_terms(hot_cap_sats=8 * BTC, sweep_target_sats=3 * BTC, max_withdrawal_sats=BTC)


def test_it_brings_the_wallet_down_to_its_target(house: PayingHouse) -> None:
    small_cap()
    assert house.turn().swept == 1
    plan = plan_of(latest(only_spend()))
    assert (plan.purpose, plan.payments[0].reference) == ("SWEEP", "cold:0")
    house.watch()
    house.mine()

    assert only_spend().status == "SETTLED"
    assert 3 * BTC - 10_000 < -balance(Purpose.HOT_WALLET) <= 3 * BTC
    assert -balance(Purpose.COLD_STORAGE) == plan.payments[0].value_sats
    assert Coin.objects.get(watched__wallet="cold").is_booked
    assert_all_is_true()
    assert house.turn().swept == 0


def test_it_is_taken_back_by_a_reorg_and_settled_again(house: PayingHouse) -> None:
    small_cap()
    house.settle()
    assert balance(Purpose.COLD_STORAGE) < 0
    house.reorg(1)
    assert (balance(Purpose.COLD_STORAGE), balance(Purpose.HOT_WALLET)) == (0, -10 * BTC)
    assert_all_is_true()
    house.turn()
    house.mine()
    assert balance(Purpose.COLD_STORAGE) < 0
    assert_all_is_true()


def test_one_at_a_time(house: PayingHouse) -> None:
    small_cap()
    assert house.turn().swept == 1
    house.refill(9 * BTC)
    assert house.turn().swept == 0 or Spend.objects.filter(status="SETTLED").exists()


def test_withdrawals_come_first(house: PayingHouse, alice: Customer) -> None:
    small_cap()
    alice.ask(BTC)
    turn = house.turn()
    assert turn.planned == 1
    house.watch()
    house.mine()
    house.settle()
    assert_all_is_true()


def test_below_the_cap_nothing_is_swept(house: PayingHouse) -> None:
    new_terms(hot_cap_sats=10 * BTC, sweep_target_sats=3 * BTC, max_withdrawal_sats=BTC)
    assert house.turn().swept == 0


def test_without_cold_storage_or_while_stopped_nothing_is_swept(house: PayingHouse) -> None:
    small_cap()
    cold = WalletKey.objects.get(role=Role.COLD)
    cold.delete()
    assert house.turn().swept == 0
    cold.save()
    stop_by_itself(reason="a test")
    assert house.turn().swept == 0


@pytest.mark.long
def test_many_small_coins_go_as_many_at_once_as_fit(house: PayingHouse) -> None:
    house.refill(*[BTC // 100] * 150)
    new_terms(max_withdrawal_sats=1_000_000, hot_cap_sats=2_000_000, sweep_target_sats=0)
    house.settle()
    assert len(plan_of(latest(only_spend())).inputs) <= 100
    house.settle()
    house.settle()
    assert -balance(Purpose.HOT_WALLET) < 2_000_000
    assert_all_is_true()
