"""Gives a spend up before any signature of it exists: its coins are free and its withdrawals wait again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from access.services import Origin
from custody.errors import InvalidState
from custody.models import Spend, SpendCoin, Withdrawal
from custody.rules.spends import SpendEvent, next_status
from custody.rules.statuses import SpendStatus, WithdrawalEvent, WithdrawalStatus
from custody.rules.withdrawals import next_status as next_withdrawal_status
from custody.services.spending.ancestry import SIGNER_REFUSED
from custody.services.spending.audit import note

STALE_AFTER = timedelta(seconds=60)


def drop_unasked(*, now: datetime, is_stopped: bool) -> int:
    """Plans that no signer was asked for: all while withdrawals are stopped, else those of before.

    So a customer may cancel meanwhile, and what spoke against it meanwhile is asked for again.
    """
    waiting = Spend.objects.filter(status=SpendStatus.PLANNED).exclude(purpose="VAULT")
    if not is_stopped:
        waiting = waiting.filter(created_at__lt=now - STALE_AFTER)
    return sum(_drop_planned(spend_id) for spend_id in waiting.values_list("pk", flat=True))


def drop_spend(*, spend_id: int, origin: Origin, reason: str) -> Spend:
    """An operator gives up what the signer has refused for good. Raises InvalidState where a signature of
    it may exist."""
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        if not _is_unsigned(spend):
            raise InvalidState("A signature of it may exist.", status=spend.status)
        # From here on it succeeds.
        drop(spend)
        facts = {"reason": reason, "problem": spend.problem}
        note(spend_id, origin, "dropped", facts)
    return spend


def ask_again(*, spend_id: int, origin: Origin, reason: str) -> None:
    """An operator has the signer asked once more for what it refused."""
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        refused = spend.versions.filter(verdict=SIGNER_REFUSED).update(verdict="", verdict_detail="")
        if not refused:
            raise InvalidState("No signer has refused it.", status=spend.status)
        Spend.objects.filter(pk=spend_id).update(problem="")
        facts = {"reason": reason}
        note(spend_id, origin, "asked_again", facts)


def _is_unsigned(spend: Spend) -> bool:
    if next_status(SpendStatus(spend.status), SpendEvent.DROP) is None:
        return False
    versions = list(spend.versions.all())
    return all(not one.raw and (one.asked_at is None or one.verdict == SIGNER_REFUSED) for one in versions)


def _drop_planned(spend_id: int) -> bool:
    with transaction.atomic():
        spend = Spend.objects.select_for_update().get(pk=spend_id)
        if spend.status != SpendStatus.PLANNED:
            return False
        drop(spend)
    return True


def drop(spend: Spend) -> None:
    """Inside the caller's transaction, under the spend's lock."""
    dropped = next_status(SpendStatus(spend.status), SpendEvent.DROP)
    assert dropped is not None, spend.status
    spend.status = dropped
    spend.save(update_fields=["status", "changed_at"])
    SpendCoin.objects.filter(spend=spend, is_released=False).update(is_released=True)
    # The next plan may come to the very same transaction.
    spend.versions.update(txid=Concat(Value("dropped:"), Cast("pk", CharField())))
    waiting = next_withdrawal_status(WithdrawalStatus.SIGNING, WithdrawalEvent.DROP_PLAN)
    rows = Withdrawal.objects.filter(spend=spend, status=WithdrawalStatus.SIGNING)
    rows.update(status=waiting, spend=None)
