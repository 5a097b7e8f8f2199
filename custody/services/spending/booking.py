"""What settling a spend changes: its withdrawals, which coins are booked, the ledger; and all that back."""

from collections.abc import Mapping, Sequence

from django.db.models import Q

from custody.bitcoin import plans
from custody.bitcoin.types import Purpose, SpendPlan
from custody.models import (
    Coin,
    HouseCoin,
    Spend,
    SpendVersion,
    Withdrawal,
)
from custody.rules.statuses import SpendStatus, WithdrawalEvent, WithdrawalStatus
from custody.rules.withdrawals import next_status
from custody.selectors_spends import does_the_same, seen_tx
from custody.services.spending.ask import withdrawals_of
from custody.services.spending.postings import IN_THE_LEDGER, post, post_back
from custody.services.spending.versions import plan_of
from ledger.rules import Purpose as Account

COUNTS_APART = 1_000  # so that no key of a swept coin comes twice, however often its sweep is settled


def book(spend: Spend, version: SpendVersion, txid: str, accounts: Mapping[Account, int]) -> bool:
    plan = plan_of(version)
    made = _made_by(txid, plan)
    if made is None:
        return False
    withdrawals = withdrawals_of(spend)
    spend.status, spend.problem = SpendStatus.SETTLED, ""
    spend.settlements += 1
    spend.settled_txid, spend.settled_fee_sats = txid, plan.fee_sats
    spend.save()
    for number, one in enumerate(withdrawals):
        # Its own count: it may have been settled in a spend that was lost to a reorg since.
        one.settlements, one.txid, one.vout = one.settlements + 1, txid, number
        _move(one, WithdrawalEvent.SETTLE)
    if spend.purpose in IN_THE_LEDGER:
        post(spend, withdrawals, _swept_sats(plan), accounts)
        _book(plan, made, are_made=True)
        _follow_cold(spend, made)
    return True


def unbook(spend: Spend, versions: Mapping[int, SpendVersion], accounts: Mapping[Account, int]) -> bool:
    """Back to what is told again. It waits for a child that spends its change to be undone first."""
    plan = next(plan_of(one) for one in versions.values() if _made(one, spend.settled_txid))
    made = _made_by(spend.settled_txid, plan)
    is_ours = spend.purpose in IN_THE_LEDGER
    if made is None or (is_ours and not all(coin.is_booked for coin in made)):
        return False
    withdrawals = withdrawals_of(spend)
    if is_ours:
        post_back(spend, withdrawals, _swept_sats(plan), accounts)
        _book(plan, made, are_made=False)
        HouseCoin.objects.filter(coin__in=made).delete()
    for one in withdrawals:
        _move(one, WithdrawalEvent.UNSETTLE)
    spend.status, spend.settled_txid, spend.settled_fee_sats = SpendStatus.BROADCAST, "", 0
    spend.save()
    # So that the network hears of it at once: its mempool may have lost it with the block.
    spend.versions.update(told_at=None)
    return True


def _made(version: SpendVersion, txid: str) -> bool:
    if version.txid == txid:
        return True
    seen = seen_tx(txid)
    return seen is not None and does_the_same(plans.unsigned_tx(plan_of(version)), seen)


def _made_by(txid: str, plan: SpendPlan) -> list[Coin] | None:
    """The outputs that are the house's again, under their locks; None while the watcher has not told them."""
    paid = len(plan.payments)
    vouts = list(range(paid)) if plan.purpose is Purpose.SWEEP else []
    if plan.change is not None:
        vouts.append(paid)
    made = list(Coin.objects.select_for_update().filter(txid=txid, vout__in=vouts).order_by("pk"))
    return made if len(made) == len(vouts) else None


def _swept_sats(plan: SpendPlan) -> int:
    return sum(one.value_sats for one in plan.payments) if plan.purpose is Purpose.SWEEP else 0


def _book(plan: SpendPlan, made: Sequence[Coin], *, are_made: bool) -> None:
    spent = Q()
    for one in plan.inputs:
        spent |= Q(txid=one.outpoint.txid, vout=one.outpoint.vout)
    Coin.objects.filter(spent).update(is_booked=not are_made)
    Coin.objects.filter(pk__in=[coin.pk for coin in made]).update(is_booked=are_made)


def _follow_cold(spend: Spend, made: Sequence[Coin]) -> None:
    """What is swept is the house's coin from now on, so that its way out of cold storage is counted."""
    rows = [
        HouseCoin(coin=coin, is_counted=True, counts=COUNTS_APART * spend.settlements)
        for coin in made
        if spend.purpose == Purpose.SWEEP and coin.vout == 0
    ]
    HouseCoin.objects.bulk_create(rows)


def _move(withdrawal: Withdrawal, event: WithdrawalEvent) -> None:
    status = next_status(WithdrawalStatus(withdrawal.status), event)
    assert status is not None, f"{event} of a withdrawal that is {withdrawal.status}"
    withdrawal.status = status
    withdrawal.save(update_fields=["status", "settlements", "txid", "vout", "changed_at"])
