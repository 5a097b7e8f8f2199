"""Fifty withdrawals go out in a few transactions, and two who plan at once never take the same."""

import pytest

from custody.models import Spend, SpendCoin, Withdrawal
from custody.rules.terms import Terms
from custody.services.spending.plan import plan_withdrawals
from custody.services.spending.sweep import sweep_hot
from ledger.rules import Purpose
from tests.custody.support.house import balance
from tests.custody.support.paying import (
    BTC,
    PayingHouse,
    assert_all_is_true,
    latest,
    plan_of,
    withdrawal_statuses,
)
from tests.custody.withdrawals.scene import FEE, customer, later
from tests.support.together import together

pytestmark = pytest.mark.long


def ask_fifty() -> None:
    people = [customer(f"customer{number}") for number in range(5)]
    for number in range(50):
        people[number % 5].ask(BTC // 100 + number, now=later(number))


@pytest.mark.long
def test_fifty_go_in_three_transactions(house: PayingHouse) -> None:
    ask_fifty()
    for _ in range(3):
        house.pay()
    house.mine()
    house.settle()

    spends = list(Spend.objects.order_by("pk"))
    assert [len(plan_of(latest(one)).payments) for one in spends] == [20, 20, 10]
    assert withdrawal_statuses() == ["CONFIRMED"] * 50
    paid = sum(Withdrawal.objects.values_list("amount_sats", flat=True))
    fees = -balance(Purpose.MINER_FEES)
    assert -balance(Purpose.HOT_WALLET) == 10 * BTC - paid - fees
    assert balance(Purpose.FEES) == 50 * FEE
    assert_all_is_true()


def test_who_plans_at_the_same_time_takes_other_withdrawals_and_other_coins(house: PayingHouse) -> None:
    house.refill(*[BTC] * 4)
    ask_fifty()

    def plan() -> None:
        plan_withdrawals(rate=3_000, terms=Terms(payments_per_spend=5), now=house.now)

    def sweep() -> None:
        terms = Terms(hot_cap_sats=BTC, sweep_target_sats=0, max_withdrawal_sats=BTC)
        sweep_hot(rate=3_000, terms=terms)

    assert together(plan, plan, sweep, plan, plan) == [""] * 5

    claimed = Withdrawal.objects.filter(status="SIGNING")
    assert claimed.count() == sum(
        len(plan_of(latest(one)).payments) for one in Spend.objects.exclude(purpose="SWEEP")
    )
    held = list(SpendCoin.objects.values_list("coin_id", flat=True))
    assert len(held) == len(set(held))
    assert_all_is_true()
