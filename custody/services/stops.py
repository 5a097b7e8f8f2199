"""The switch that stops all withdrawals: one operator, or the house itself, stops them, another one ends it.

While they are stopped nothing is asked for, signed or told to the network for the first time.
"""

from datetime import datetime

from django.db import transaction

from access.services import Origin, record_audit
from custody.errors import SecondApproverNeeded
from custody.models import Restoration, WithdrawalStop
from custody.models.terms import RESTORED
from custody.operator_errors import AlreadyStopped, NotReconciled, StopEnded
from custody.selectors_withdrawals import open_stop
from custody.services.operators import MAX_REASON, operator_of, required_reason
from custody.services.withdrawal_lock import lock_withdrawals

HOUSE = Origin()


def is_stopped() -> bool:
    return open_stop() is not None


@transaction.atomic
def stop_withdrawals(*, origin: Origin, reason: str) -> WithdrawalStop:
    """By an operator. Raises OperatorReasonRequired, AlreadyStopped."""
    reason = required_reason(reason)
    operator_of(origin)
    lock_withdrawals()
    if _ordinary_stop() is not None:
        raise AlreadyStopped
    return _stop(origin, reason)


@transaction.atomic
def stop_by_itself(*, reason: str) -> WithdrawalStop:
    """Where something is seen that cannot be: no operator is needed. An operator's stop becomes the house's,
    as it now guards what he has not seen; one of the house stays as it is.
    """
    lock_withdrawals()
    stop = _ordinary_stop()
    if stop is None:
        return _stop(HOUSE, reason[:MAX_REASON])
    if stop.operator_id is not None:
        _take_over(stop, reason)
    return stop


@transaction.atomic
def let_withdrawals_go_on(*, stop_id: int, origin: Origin, reason: str, now: datetime) -> WithdrawalStop:
    """By another operator than who stopped; by anyone where the house did; after a restore not before the
    rows are reconciled. Another stop that is open stays.

    Raises OperatorReasonRequired, StopEnded, SecondApproverNeeded, NotReconciled.
    """
    reason = required_reason(reason)
    operator_id = operator_of(origin)
    lock_withdrawals()
    stop = WithdrawalStop.objects.filter(pk=stop_id, ended_at__isnull=True).first()
    if stop is None:
        raise StopEnded
    if stop.operator_id == operator_id:
        raise SecondApproverNeeded
    if Restoration.objects.filter(stop=stop, reconciled_at__isnull=True).exists():
        raise NotReconciled
    _end(stop, origin, reason, now)
    return stop


@transaction.atomic
def end_reconciled_stop(*, reason: str, now: datetime) -> WithdrawalStop:
    """By who runs the machine, at its terminal. Raises OperatorReasonRequired, StopEnded, NotReconciled."""
    reason = required_reason(reason)
    lock_withdrawals()
    stop = WithdrawalStop.objects.filter(cause=RESTORED, ended_at__isnull=True).first()
    if stop is None:
        raise StopEnded
    if Restoration.objects.filter(stop=stop, reconciled_at__isnull=True).exists():
        raise NotReconciled
    _end(stop, HOUSE, reason, now)
    return stop


def _take_over(stop: WithdrawalStop, reason: str) -> None:
    before = {"reason": stop.reason, "stopped_by": stop.operator_id}
    stop.operator, stop.reason = None, f"{reason} (Stopped before: {stop.reason})"[:MAX_REASON]
    stop.save(update_fields=["operator", "reason"])
    record_audit(
        origin=HOUSE,
        action="custody.stop_taken_over",
        subject=f"custody:stop:{stop.pk}",
        before=before,
        after={"reason": stop.reason},
    )


def _end(stop: WithdrawalStop, origin: Origin, reason: str, now: datetime) -> None:
    stop.ended_at, stop.ended_by_id, stop.ended_because = now, origin.user_id, reason
    stop.save(update_fields=["ended_at", "ended_by", "ended_because"])
    record_audit(
        origin=origin,
        action="custody.withdrawals_go_on",
        subject=f"custody:stop:{stop.pk}",
        before={"reason": stop.reason, "stopped_by": stop.operator_id},
        after={"reason": reason},
    )


def _ordinary_stop() -> WithdrawalStop | None:
    """Not that of a restore: what is seen meanwhile stops by itself, and outlasts it."""
    return WithdrawalStop.objects.filter(ended_at__isnull=True, cause="").first()


def _stop(origin: Origin, reason: str) -> WithdrawalStop:
    stop = WithdrawalStop.objects.create(operator_id=origin.user_id, reason=reason)
    record_audit(
        origin=origin,
        action="custody.withdrawals_stopped",
        subject=f"custody:stop:{stop.pk}",
        after={"reason": reason},
    )
    return stop
