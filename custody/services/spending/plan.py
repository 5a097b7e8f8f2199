"""Plans one spend for the withdrawals whose turn it is: coins held, transaction fixed, nobody asked yet."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from custody.bitcoin.addresses import read_address
from custody.bitcoin.types import Payment, Purpose
from custody.faults import fault_point
from custody.models import Coin, Spend, Withdrawal
from custody.rules.coins import Choice
from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.rules.terms import Terms
from custody.rules.withdrawals import next_status
from custody.selectors_withdrawals import claimable
from custody.services import wallets
from custody.services.spending.coins import choose_readable, lock_spendable
from custody.services.spending.sizing import aim_at
from custody.services.spending.versions import Intent, open_spend
from custody.services.wallet_keys import HOT
from custody.services.withdrawal_lock import lock_withdrawals

MAX_WAITING = 100  # that are looked at in one turn


def plan_withdrawals(*, rate: int, terms: Terms, now: datetime) -> int:
    """How many were claimed: all whose turn it is, oldest first, or those that the hot wallet can pay.

    Claiming asks again for everything that may speak against it: the stop, holds, freezes.
    """
    with transaction.atomic():
        lock_withdrawals()
        waiting = _claim(now)
        coins = lock_spendable(HOT) if waiting else []
        payable, choice = _payable(waiting, coins, rate, terms)
        if choice is None:
            return 0
        # From here on it succeeds.
        place = wallets.change_place().place if choice.change_sats else None
        intent = Intent(Purpose.WITHDRAWAL, HOT, wallets.hot_spec(), _payments(payable))
        _give(payable, open_spend(intent, coins, choice, place).spend)
        fault_point("spend_planning")
    fault_point("spend_planned")
    return len(payable)


def _claim(now: datetime) -> list[Withdrawal]:
    rows = Withdrawal.objects.select_for_update(skip_locked=True)
    ids = claimable(now, limit=MAX_WAITING)
    return list(rows.filter(pk__in=ids, status=WithdrawalStatus.APPROVED).order_by("created_at", "pk"))


def _payable(
    waiting: Sequence[Withdrawal], coins: Sequence[Coin], rate: int, terms: Terms
) -> tuple[list[Withdrawal], Choice | None]:
    """The oldest; without the largest of them, and with later ones, until the coins suffice. Who is left out
    waits for a refill and holds up nobody."""
    most = terms.payments_per_spend
    payable, later, spec = list(waiting[:most]), list(waiting[most:]), wallets.hot_spec()
    available = sum(coin.value_sats for coin in coins)
    while payable:
        target = sum(one.amount_sats for one in payable)
        if target <= available:
            scripts = [read_address(one.address, spec.network) for one in payable]
            choice = choose_readable(coins, aim_at(spec, scripts, target, rate))
            if choice is not None and choice.fee_sats <= terms.max_fee_sats:
                return payable, choice
        payable.remove(max(payable, key=lambda one: one.amount_sats))
        payable += later[:1]
        del later[:1]
    return [], None


def _payments(withdrawals: Sequence[Withdrawal]) -> tuple[Payment, ...]:
    return tuple(Payment(one.address, one.amount_sats, f"withdrawal:{one.pk}") for one in withdrawals)


def _give(withdrawals: Sequence[Withdrawal], spend: Spend) -> None:
    signing = next_status(WithdrawalStatus.APPROVED, WithdrawalEvent.PLAN)
    rows = Withdrawal.objects.filter(pk__in=[one.pk for one in withdrawals], status=WithdrawalStatus.APPROVED)
    claimed = rows.update(status=signing, spend=spend)
    assert claimed == len(withdrawals), "a withdrawal was claimed twice"
