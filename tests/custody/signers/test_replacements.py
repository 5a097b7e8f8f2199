"""One spend is paid once: what replaces it shares its coins and pays the same, and nobody else pays it."""

from dataclasses import replace

import pytest

from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.types import Purpose, Role, SpendPlan
from custody.signers.signer import Refusal, Signer, SignerRefused, cold_reference
from tests.custody.signers.conftest import Team
from tests.custody.support.wallets import BTC, bumped, coin, cold_address, pay, plan_of

FEW = 1_000_000


@pytest.fixture
def hot(hot_team: Team) -> Signer:
    return hot_team.by(Role.HOT)


@pytest.fixture
def plan(hot_team: Team, spend_id: str) -> SpendPlan:
    coins = (coin(hot_team.hot_wallet, BTC, number=1), coin(hot_team.hot_wallet, BTC, number=2))
    payments = (pay(FEW, f"{spend_id}:a"), pay(2 * FEW, f"{spend_id}:b", "dave"))
    return plan_of(hot_team.hot_wallet, *payments, coins=coins, spend_id=spend_id)


def sign(signer: Signer, plan: SpendPlan) -> tuple[bytes, ...]:
    return signer.sign(plan, psbt_of(plan))


def refused(signer: Signer, plan: SpendPlan) -> Refusal:
    with pytest.raises(SignerRefused) as refusal:
        sign(signer, plan)
    assert not refusal.value.passes_with_time
    return refusal.value.reason


def on_coins(plan: SpendPlan, *numbers: int) -> SpendPlan:
    """The same plan on other coins of the same worth."""
    coins = tuple(coin(plan.wallet, BTC, number=number) for number in numbers)
    return replace(plan, inputs=coins)


def with_payments(plan: SpendPlan, *sats: int) -> SpendPlan:
    payments = tuple(replace(one, value_sats=sum_) for one, sum_ in zip(plan.payments, sats, strict=False))
    rest = sum(one.value_sats for one in plan.inputs) - sum(sats) - plan.fee_sats
    assert plan.change is not None
    return replace(plan, payments=payments, change=replace(plan.change, value_sats=rest))


def test_later_versions_pay_more_for_the_same(hot: Signer, plan: SpendPlan) -> None:
    second = bumped(plan, 5_000)
    third = on_coins(bumped(second, 8_000), 2, 3)
    assert len({sign(hot, one) for one in (plan, second, third)}) == 3


def test_a_version_shares_a_coin_with_every_earlier_one(hot: Signer, plan: SpendPlan) -> None:
    sign(hot, plan)
    second = on_coins(bumped(plan, 5_000), 2, 3)
    sign(hot, second)
    assert refused(hot, on_coins(bumped(second, 8_000), 3, 4)) is Refusal.REPLACEMENT


def test_a_version_of_other_coins_is_refused(hot: Signer, plan: SpendPlan) -> None:
    sign(hot, plan)
    assert refused(hot, on_coins(bumped(plan, 5_000), 8, 9)) is Refusal.REPLACEMENT


def test_the_same_version_of_another_content_is_refused(hot: Signer, plan: SpendPlan) -> None:
    sign(hot, plan)
    assert refused(hot, replace(bumped(plan, 5_000), version=plan.version)) is Refusal.REPLACEMENT


def test_an_earlier_version_is_refused_once_a_later_one_is_signed(hot: Signer, plan: SpendPlan) -> None:
    later = replace(plan, version=2)
    sign(hot, later)
    assert refused(hot, replace(bumped(plan, 5_000), version=1)) is Refusal.REPLACEMENT


@pytest.mark.parametrize("sats", [(FEW + 1, 2 * FEW), (2 * FEW, FEW), (FEW,)])
def test_a_version_that_pays_otherwise_is_refused(
    hot: Signer, plan: SpendPlan, sats: tuple[int, ...]
) -> None:
    sign(hot, plan)
    assert refused(hot, with_payments(bumped(plan, 5_000), *sats)) is Refusal.REPLACEMENT


def test_a_version_that_pays_another_address_is_refused(hot: Signer, plan: SpendPlan) -> None:
    sign(hot, plan)
    elsewhere = replace(plan.payments[0], address=pay(1, name="mallory").address)
    other = replace(bumped(plan, 5_000), payments=(elsewhere, plan.payments[1]))
    assert refused(hot, other) is Refusal.REPLACEMENT


def test_a_version_that_calls_a_payment_otherwise_is_refused(hot: Signer, plan: SpendPlan) -> None:
    sign(hot, plan)
    renamed = replace(plan.payments[0], reference="withdrawal:of-somebody-else")
    other = replace(bumped(plan, 5_000), payments=(renamed, plan.payments[1]))
    assert refused(hot, other) is Refusal.REPLACEMENT


def test_a_reference_is_not_paid_by_another_spend_as_well(hot: Signer, plan: SpendPlan) -> None:
    sign(hot, plan)
    again = on_coins(replace(plan, spend_id=f"{plan.spend_id}:again"), 5, 6)
    assert refused(hot, again) is Refusal.PAID_ELSEWHERE


def test_a_reference_is_paid_by_another_spend_where_only_one_can_confirm(
    hot: Signer, plan: SpendPlan
) -> None:
    sign(hot, plan)
    again = on_coins(replace(plan, spend_id=f"{plan.spend_id}:again"), 2, 6)
    assert sign(hot, again)


def test_cold_storage_may_be_swept_to_the_same_address_again(hot_team: Team, spend_id: str) -> None:
    hot = hot_team.by(Role.HOT)
    payment = replace(pay(FEW, cold_reference(3)), address=cold_address(3))
    for number in (1, 2):
        coins = (coin(hot_team.hot_wallet, BTC, number=number),)
        name = f"{spend_id}:{number}"
        sweep = plan_of(hot_team.hot_wallet, payment, coins=coins, purpose=Purpose.SWEEP, spend_id=name)
        assert sign(hot, sweep)


def test_a_refused_plan_leaves_no_trace(hot: Signer, plan: SpendPlan) -> None:
    dusty = with_payments(plan, 200, 2 * FEW)
    assert refused(hot, dusty) is Refusal.DUST
    assert sign(hot, plan)
