"""How much a signer signs in an hour and a day, whoever asks and however many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from custody.bitcoin.psbts import psbt_of
from custody.bitcoin.types import Network, Purpose, Role, SpendPlan
from custody.cosigner.books import SqliteBooks
from custody.cosigner.database import Database
from custody.signers.books import Books, MemoryBooks
from custody.signers.careful import CarefulSigner
from custody.signers.history import DAY_SECONDS, HOUR_SECONDS
from custody.signers.keyholder import AccountKeyholder
from custody.signers.policy import Limits, Rules
from custody.signers.signer import Refusal, Signer, SignerRefused, cold_reference
from tests.custody.support.cosigners import Cosigner
from tests.custody.support.wallets import (
    BTC,
    account,
    bumped,
    coin,
    cold_address,
    cold_wallet,
    hot_wallet,
    pay,
    plan_of,
)

FEE = 2_000
LIMITS = Limits(hour_sats=3 * BTC, day_sats=5 * BTC, signings_per_hour=6)


class Clock:
    now = 1_800_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Books:
    if request.param == "memory":
        return MemoryBooks()
    return SqliteBooks(Database(tmp_path / "books.sqlite"), "hot")


@pytest.fixture
def hot(books: Books, clock: Clock) -> CarefulSigner:
    return hot_within(LIMITS, books, clock)


def hot_within(limits: Limits, books: Books, clock: Clock) -> CarefulSigner:
    holder = AccountKeyholder(account("hot", Role.HOT))
    rules = Rules(Role.HOT, Network.REGTEST, limits, cold_wallet())
    return CarefulSigner(keyholder=holder, rules=rules, books=books, party="tests", clock=clock)


def paying(sats: int, number: int, wallet_of: str = "hot") -> SpendPlan:
    """A spend from which so much leaves, fee and all."""
    wallet = hot_wallet(wallet_of)
    coins = (coin(wallet, 20 * BTC, number=number),)
    payment = pay(sats - FEE, f"withdrawal:{number}")
    return plan_of(wallet, payment, coins=coins, spend_id=f"spend:{number}", fee=FEE)


def sign(signer: Signer, plan: SpendPlan) -> None:
    assert signer.sign(plan, psbt_of(plan))


def refused(signer: Signer, plan: SpendPlan) -> str:
    with pytest.raises(SignerRefused) as refusal:
        signer.sign(plan, psbt_of(plan))
    assert refusal.value.reason is Refusal.VELOCITY
    assert refusal.value.passes_with_time
    return refusal.value.detail


def test_it_signs_up_to_the_hours_limit_to_the_sat(hot: Signer) -> None:
    sign(hot, paying(2 * BTC, 1))
    assert refused(hot, paying(BTC + 1, 2)) == "sats of an hour"
    sign(hot, paying(BTC, 3))


def test_it_signs_again_when_an_hour_is_over(hot: Signer, clock: Clock) -> None:
    sign(hot, paying(3 * BTC, 1))
    clock.now += HOUR_SECONDS - 1
    refused(hot, paying(FEE + 1_000, 2))
    clock.now += 1
    sign(hot, paying(FEE + 1_000, 2))


def test_it_signs_no_more_than_the_days_limit(hot: Signer, clock: Clock) -> None:
    sign(hot, paying(3 * BTC, 1))
    clock.now += HOUR_SECONDS
    sign(hot, paying(2 * BTC, 2))
    clock.now += HOUR_SECONDS
    assert refused(hot, paying(BTC, 3)) == "sats of a day"
    clock.now += DAY_SECONDS - 2 * HOUR_SECONDS
    sign(hot, paying(BTC, 3))


def test_a_clock_that_goes_back_frees_nothing(hot: Signer, clock: Clock) -> None:
    sign(hot, paying(3 * BTC, 1))
    clock.now -= 10 * DAY_SECONDS
    refused(hot, paying(BTC, 2))


def test_versions_of_a_spend_count_once_with_the_largest(hot: Signer) -> None:
    plan = paying(2 * BTC, 1)
    sign(hot, plan)
    sign(hot, bumped(plan, FEE + 10_000))
    assert refused(hot, paying(BTC, 2)) == "sats of an hour"
    sign(hot, paying(BTC - 10_000, 3))


def test_the_same_plan_is_answered_beyond_any_limit_and_counts_once(hot: Signer) -> None:
    plan = paying(3 * BTC, 1)
    for _ in range(20):
        sign(hot, plan)


def test_it_signs_so_many_times_an_hour(hot: Signer, clock: Clock) -> None:
    for number in range(6):
        sign(hot, paying(FEE + 1_000, number))
    assert refused(hot, paying(FEE + 1_000, 7)) == "signings of an hour"
    clock.now += HOUR_SECONDS
    sign(hot, paying(FEE + 1_000, 7))


def test_of_a_sweep_only_the_fee_counts_and_apart_from_withdrawals(hot: Signer) -> None:
    sign(hot, paying(3 * BTC, 1))
    payment = replace(pay(15 * BTC, cold_reference(1)), address=cold_address(1))
    coins = (coin(hot_wallet(), 20 * BTC),)
    sweep = plan_of(hot_wallet(), payment, coins=coins, purpose=Purpose.SWEEP, spend_id="sweep:1")
    sign(hot, sweep)


@pytest.mark.parametrize("purpose", [Purpose.SWEEP, Purpose.BUMP])
def test_miners_get_less_than_customers(books: Books, clock: Clock, purpose: Purpose) -> None:
    """Whoever owns the house and mines would else take by fees what no withdrawal may be."""
    fee, signed = 50_000, 0
    limits = replace(LIMITS, hour_fee_sats=3 * fee, day_fee_sats=5 * fee, signings_per_hour=100)
    hot = hot_within(limits, books, clock)
    for _ in range(3):
        while was_signed(hot, moving(purpose, fee, signed)):
            signed += 1
        clock.now += HOUR_SECONDS
    assert signed == 5
    sign(hot, paying(3 * BTC, 99))


def moving(purpose: Purpose, fee: int, number: int) -> SpendPlan:
    """A spend from which nothing but its fee leaves."""
    coins = (coin(hot_wallet(), BTC, number=number),)
    if purpose is Purpose.BUMP:
        return plan_of(hot_wallet(), coins=coins, purpose=purpose, spend_id=f"moved:{number}", fee=fee)
    payment = replace(pay(BTC // 2, cold_reference(number)), address=cold_address(number))
    return plan_of(hot_wallet(), payment, coins=coins, purpose=purpose, spend_id=f"moved:{number}", fee=fee)


def test_what_it_refused_does_not_count(hot: Signer) -> None:
    for number in range(10):
        refused(hot, paying(4 * BTC, number))
    sign(hot, paying(3 * BTC, 11))


def at_once(count: int, ask: Callable[[int], bool]) -> int:
    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(ask, range(count)))


def was_signed(signer: Signer, plan: SpendPlan) -> bool:
    try:
        sign(signer, plan)
    except SignerRefused as refusal:
        if refusal.reason is not Refusal.VELOCITY:
            raise
        return False
    return True


def test_twenty_at_once_get_what_the_limit_lets_pass(hot: Signer) -> None:
    assert at_once(20, lambda number: was_signed(hot, paying(BTC, number))) == 3


def test_twenty_requests_at_once_to_a_process_get_no_more(tmp_path: Path) -> None:
    cosigner = Cosigner(tmp_path, "hot", "hot", {"HOUR_SATS": str(3 * BTC)}).start()
    try:
        assert at_once(20, lambda number: was_signed(cosigner.signer(Role.HOT), paying(BTC, number))) == 3
    finally:
        cosigner.kill()
