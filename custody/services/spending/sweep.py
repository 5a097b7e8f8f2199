"""Brings what the hot wallet has above its cap to cold storage, whose keys nobody here holds."""

from collections.abc import Sequence

from django.db import transaction

from custody.bitcoin.plans import dust_sats
from custody.bitcoin.types import Payment, Purpose
from custody.errors import CustodyUnavailable
from custody.faults import fault_point
from custody.models import Coin, Spend
from custody.rules.coins import Choice
from custody.rules.spends import OPEN
from custody.rules.terms import Terms
from custody.selectors_withdrawals import open_stop
from custody.services import wallets
from custody.services.spending.coins import choose_readable, lock_spendable, readable
from custody.services.spending.postings import BTC
from custody.services.spending.sizing import aim_at
from custody.services.spending.versions import Intent, open_spend
from custody.services.wallet_keys import HOT
from custody.services.withdrawal_lock import lock_withdrawals
from custody.signers.signer import cold_reference
from ledger.rules import Purpose as Account
from ledger.selectors import house_balance


def sweep_hot(*, rate: int, terms: Terms) -> int:
    """1 where a sweep was planned: one at a time, with coins that no withdrawal holds."""
    if -house_balance(asset=BTC, purpose=Account.HOT_WALLET) <= terms.hot_cap_sats:
        return 0  # without a look at, or a lock on, any coin
    with transaction.atomic():
        lock_withdrawals()
        if open_stop() is not None or Spend.objects.filter(purpose=Purpose.SWEEP, status__in=OPEN).exists():
            return 0
        coins = lock_spendable(HOT, with_change=False)
        excess = sum(coin.value_sats for coin in coins) - terms.sweep_target_sats
        if excess <= terms.hot_cap_sats - terms.sweep_target_sats or not _sweep(coins, excess, rate, terms):
            return 0
        fault_point("sweep_planning")
    fault_point("sweep_planned")
    return 1


def _sweep(coins: Sequence[Coin], excess: int, rate: int, terms: Terms) -> bool:
    try:
        cold, spec = wallets.cold_place(), wallets.hot_spec()
    except CustodyUnavailable:
        return False  # no cold storage is named: a check says so
    script = bytes(cold.script)
    taken = readable(coins)
    amount, choice = _most(taken, excess, rate, script)
    if choice is None or amount < dust_sats(script) or choice.fee_sats > terms.max_fee_sats:
        return False
    place = wallets.change_place().place if choice.change_sats else None
    payment = Payment(cold.address, amount, cold_reference(cold.index))
    open_spend(Intent(Purpose.SWEEP, HOT, spec, (payment,)), taken, choice, place)
    return True


def _most(coins: Sequence[Coin], excess: int, rate: int, script: bytes) -> tuple[int, Choice | None]:
    """As much of the excess as one transaction takes, its fee paid out of it."""
    aim = aim_at(wallets.hot_spec(), [script], 0, rate)
    everything = sum(coin.value_sats for coin in coins) - aim.fee(len(coins), True)
    amount = min(excess - aim.fee(1, True), everything)
    return amount, choose_readable(coins, aim_at(wallets.hot_spec(), [script], amount, rate))
