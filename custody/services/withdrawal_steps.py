"""How a withdrawal moves from one state to the next: under its row's lock, by the table, with its money."""

from uuid import UUID

from access.errors import DomainError
from custody.errors import InvalidState, WithdrawalNotFound, WithdrawalsStopped
from custody.meters import note_withdrawals
from custody.models import Withdrawal
from custody.rules.statuses import WithdrawalEvent, WithdrawalStatus
from custody.rules.withdrawals import RETURNED, next_status
from custody.selectors_withdrawals import is_unreconciled
from custody.services.withdrawal_money import return_money


def locked_withdrawal(withdrawal_id: UUID, *, owner_id: int | None = None) -> Withdrawal:
    """The row under its lock. Raises WithdrawalNotFound, also for one of somebody else than `owner_id`."""
    withdrawal = Withdrawal.objects.select_for_update().filter(pk=withdrawal_id).first()
    if withdrawal is None or owner_id not in (None, withdrawal.owner_id):
        raise WithdrawalNotFound
    return withdrawal


def refusal_of(withdrawal: Withdrawal, event: WithdrawalEvent) -> DomainError | None:
    status = WithdrawalStatus(withdrawal.status)
    return None if next_status(status, event) else InvalidState(status=status.value)


def step(withdrawal: Withdrawal, event: WithdrawalEvent, *, because: str = "") -> bool:
    """Take a locked row where the event leads, its money back to the owner where it ends there.

    False where it stood there already. Raises InvalidState, and WithdrawalsStopped where money would go back
    that a backup's rows cannot know to be there.
    """
    before = WithdrawalStatus(withdrawal.status)
    after = next_status(before, event)
    if after is None:
        raise InvalidState(status=before.value)
    if after is before:
        return False
    if after in RETURNED and is_unreconciled():
        raise WithdrawalsStopped  # it may have been paid in the life before the restore
    withdrawal.status = after
    if because:
        withdrawal.ended_because = because
    withdrawal.save(update_fields=["status", "ended_because", "changed_at"])
    if after in RETURNED:
        return_money(withdrawal)
    note_withdrawals(event)
    return True
