"""What operators say to withdrawals that wait for them: each once, and never of their own money."""

from uuid import UUID

from django.db import transaction

from access.services import Origin, record_audit
from custody.errors import SecondApproverNeeded
from custody.models import Withdrawal, WithdrawalApproval
from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.services.operators import operator_of, required_reason
from custody.services.withdrawal_steps import locked_withdrawal, refusal_of, step


@transaction.atomic
def approve_withdrawal(*, withdrawal_id: UUID, origin: Origin, reason: str) -> Withdrawal:
    """One approval more; the last that it needs lets it go.

    Raises OperatorReasonRequired, WithdrawalNotFound, InvalidState, and SecondApproverNeeded for its owner
    and for who has approved it.
    """
    reason = required_reason(reason)
    withdrawal = _judged(withdrawal_id, origin, WithdrawalEvent.APPROVE)
    earlier = WithdrawalApproval.objects.filter(withdrawal=withdrawal, approves=True)
    if earlier.filter(operator_id=operator_of(origin)).exists():
        raise SecondApproverNeeded
    _say(withdrawal, origin, reason, approves=True)
    given = earlier.count()
    if given >= withdrawal.approvals_needed:
        step(withdrawal, WithdrawalEvent.APPROVE)
    _audit("approved", withdrawal, origin, reason, given)
    return withdrawal


@transaction.atomic
def reject_withdrawal(*, withdrawal_id: UUID, origin: Origin, reason: str) -> Withdrawal:
    """Give the money back. One operator is enough, as long as no signer may have been asked.

    Rejected already: no change. Raises as `approve_withdrawal`, but who has approved may still reject. Its
    owner reads the reason.
    """
    reason = required_reason(reason)
    withdrawal = _judged(withdrawal_id, origin, WithdrawalEvent.REJECT)
    if withdrawal.status == WithdrawalStatus.REJECTED:
        return withdrawal
    _say(withdrawal, origin, reason, approves=False)
    step(withdrawal, WithdrawalEvent.REJECT, because=reason)
    _audit("rejected", withdrawal, origin, reason, 0)
    return withdrawal


def _judged(withdrawal_id: UUID, origin: Origin, event: WithdrawalEvent) -> Withdrawal:
    withdrawal = locked_withdrawal(withdrawal_id)
    refusal = refusal_of(withdrawal, event)
    if refusal is not None:
        raise refusal
    if operator_of(origin) == withdrawal.owner_id:
        raise SecondApproverNeeded("Nobody decides about a withdrawal of his own.")
    return withdrawal


def _say(withdrawal: Withdrawal, origin: Origin, reason: str, *, approves: bool) -> None:
    WithdrawalApproval.objects.create(
        withdrawal=withdrawal, operator_id=operator_of(origin), approves=approves, reason=reason
    )


def _audit(what: str, withdrawal: Withdrawal, origin: Origin, reason: str, given: int) -> None:
    record_audit(
        origin=origin,
        action=f"withdrawal.{what}",
        subject=f"withdrawal:{withdrawal.pk}",
        after={
            "status": str(withdrawal.status),
            "approvals": given,
            "needed": withdrawal.approvals_needed,
            "reason": reason,
        },
    )
