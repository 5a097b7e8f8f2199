"""What operators decide: halts, resumes and the ends of pauses. Each with a reason, all of it audited.

It holds from the commit on, and does not wait for a round.
"""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction

from access.services import Origin, record_audit
from oracle.models import Approval, Current, Incident, IncidentKind
from oracle.operator_errors import (
    AlreadyHalted,
    IncidentEnded,
    OperatorReasonRequired,
    SecondOperatorNeeded,
    WrongIncident,
)
from oracle.rules.incidents import Begun, Kind
from oracle.services.current import keep_incidents, latest_ms, lock_current, open_incidents
from oracle.services.incidents import MAX_REASON, begin_incident, end_incident, subject_of

APPROVALS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Resumption:
    """`is_over`: the halt has ended. Otherwise it waits for another operator."""

    incident: Incident
    is_over: bool
    approvals: int


@transaction.atomic
def halt_oracle(*, origin: Origin, reason: str, now_ms: int) -> Incident:
    """Nobody mints or liquidates until an operator resumes. Raises AlreadyHalted, OperatorReasonRequired."""
    reason = required_reason(reason)
    current = lock_current()
    if IncidentKind.HALT in open_incidents():
        raise AlreadyHalted
    began_ms = max(now_ms, latest_ms(current))
    incident = begin_incident(Begun(Kind.HALT, began_ms, None, reason), origin=origin)
    keep_incidents(current)
    return incident


@transaction.atomic
def resume_oracle(*, incident_id: int, origin: Origin, reason: str, now_ms: int) -> Resumption:
    """Approve the end of a halt, and end it where that is all it takes: then the next price is taken whatever
    the last one was, or as far as one operator may let it.

    Raises IncidentEnded, WrongIncident, SecondOperatorNeeded, OperatorReasonRequired.
    """
    reason = required_reason(reason)
    operator_id = _operator(origin)
    current = lock_current()
    incident = _open_incident(incident_id, is_halt=True)
    if Approval.objects.filter(incident=incident, operator_id=operator_id).exists():
        raise SecondOperatorNeeded
    # From here on it succeeds.
    Approval.objects.create(incident=incident, operator_id=operator_id, reason=reason, at_ms=now_ms)
    approvals = Approval.objects.filter(incident=incident).count()
    if incident.needs_two and approvals < APPROVALS_NEEDED:
        record_audit(
            origin=origin,
            action="oracle.resume_approved",
            subject=subject_of(incident),
            after={"approvals": approvals, "needed": APPROVALS_NEEDED, "reason": reason},
        )
        return Resumption(incident, False, approvals)
    _end(incident, current, origin, reason, now_ms)
    return Resumption(incident, True, approvals)


@transaction.atomic
def end_pause(*, incident_id: int, origin: Origin, reason: str, now_ms: int) -> Incident:
    """End a breaker's pause before its time; what moved before cannot trip it again.

    Raises IncidentEnded, WrongIncident, OperatorReasonRequired.
    """
    reason = required_reason(reason)
    current = lock_current()
    incident = _open_incident(incident_id, is_halt=False)
    _end(incident, current, origin, reason, now_ms)
    return incident


def _end(incident: Incident, current: Current, origin: Origin, reason: str, now_ms: int) -> None:
    """After every price there is, for prices from before it count no more."""
    end_incident(
        incident,
        ended_ms=max(now_ms, latest_ms(current) + 1),
        ended_by=_name(_operator(origin)),
        reason=reason,
        origin=origin,
    )
    keep_incidents(current)


def required_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise OperatorReasonRequired(field="reason")
    return reason


def _open_incident(incident_id: int, *, is_halt: bool) -> Incident:
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None or incident.ended_ms is not None:
        raise IncidentEnded
    if (incident.kind == IncidentKind.HALT) is not is_halt:
        raise WrongIncident
    return incident


def _operator(origin: Origin) -> int:
    assert origin.user_id is not None, "people resume, the house does not"
    return origin.user_id


def _name(user_id: int) -> str:
    return get_user_model().objects.get(pk=user_id).get_username()
