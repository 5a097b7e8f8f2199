"""Deeds that take two operators: one proposes, another one with the same permission decides within a day.

It knows nothing of what is proposed: `carry_out` is the deed's own, in the transaction of the approval.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from access.models import OperatorProposal, ProposalStatus
from access.operators import tell_operators
from access.proposal_errors import (
    ProposalIsGone,
    ProposalIsOver,
    ProposalStands,
    ProposalTooLarge,
    ProposerLeft,
    SecondOperatorNeeded,
    TooManyProposals,
)
from access.roles import Permission, may
from access.services import Origin, hold_audit_trail, record_audit

GOOD_FOR = timedelta(hours=24)
MAX_OPEN = 100
MAX_ARGUMENTS = 8_192  # bytes
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`arguments` is the form as it was sent, `facts` what its proposer saw beside it."""

    page: str
    deed: str
    subject: str
    title: str
    about: str
    permission: str
    arguments: Mapping[str, Sequence[str]]
    facts: Sequence[tuple[str, str]]


@transaction.atomic
def propose(*, wanted: Wanted, token: UUID, origin: Origin, reason: str, now: datetime) -> OperatorProposal:
    """A page that is sent twice proposes once.

    Raises ProposalTooLarge, ProposalStands where the same waits already, TooManyProposals.
    """
    assert origin.user_id is not None, "people propose, the house does not"
    hold_audit_trail()  # of two who propose the same at once the second one finds the first
    digest = _digest(wanted)
    known = OperatorProposal.objects.filter(token=token).first()
    if known is not None:
        if (known.operator_id, known.arguments_digest) == (origin.user_id, digest):
            return known
        raise ProposalStands("This page was sent before. Open it again to propose something else.")
    OperatorProposal.objects.filter(status=ProposalStatus.OPEN, expires_at__lte=now).update(
        status=ProposalStatus.EXPIRED, decided_at=now
    )
    waiting = OperatorProposal.objects.filter(status=ProposalStatus.OPEN)
    same = waiting.filter(page=wanted.page, deed=wanted.deed, subject=wanted.subject, arguments_digest=digest)
    if same.exists():
        raise ProposalStands
    if waiting.count() >= MAX_OPEN:
        raise TooManyProposals(most=MAX_OPEN)
    proposal = OperatorProposal.objects.create(
        page=wanted.page,
        deed=wanted.deed,
        subject=wanted.subject,
        title=wanted.title,
        about=wanted.about[:200],
        permission=wanted.permission,
        arguments={name: list(values) for name, values in wanted.arguments.items()},
        arguments_digest=digest,
        facts=[list(fact) for fact in wanted.facts],
        token=token,
        operator_id=origin.user_id,
        reason=reason,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    _audit("deed.proposed", proposal, origin, reason)
    told = f"{proposal.title} ({proposal.about}) was proposed and waits for another operator until tomorrow."
    tell_operators(told, key=f"proposal:{proposal.pk}", but=origin.user_id)
    return proposal


@transaction.atomic
def approve(
    *,
    proposal_id: int,
    origin: Origin,
    reason: str,
    now: datetime,
    carry_out: Callable[[OperatorProposal], Outcome],
) -> Outcome:
    """Carry it out, once. What `carry_out` refuses leaves the proposal open.

    Raises ProposalIsGone, ProposalIsOver, SecondOperatorNeeded for who proposed it, ProposerLeft where he has
    lost the permission since, and what `carry_out` raises.
    """
    proposal = _locked(proposal_id, now)
    if proposal.operator_id == origin.user_id:
        raise SecondOperatorNeeded
    if not _still_may(proposal.operator_id, proposal.permission):
        raise ProposerLeft
    if origin.user_id is None or not _still_may(origin.user_id, proposal.permission):
        raise SecondOperatorNeeded
    _decide(proposal, ProposalStatus.APPROVED, origin, reason, now)
    _audit("deed.approved", proposal, origin, reason)
    return carry_out(proposal)


@transaction.atomic
def take_back(*, proposal_id: int, origin: Origin, reason: str, now: datetime) -> OperatorProposal:
    """By its proposer, or declined by whoever might approve it.

    Raises ProposalIsGone, ProposalIsOver, SecondOperatorNeeded for anybody else.
    """
    proposal = _locked(proposal_id, now)
    is_own = proposal.operator_id == origin.user_id
    if not is_own and (origin.user_id is None or not _still_may(origin.user_id, proposal.permission)):
        raise SecondOperatorNeeded
    _decide(proposal, ProposalStatus.WITHDRAWN if is_own else ProposalStatus.DECLINED, origin, reason, now)
    _audit("deed.withdrawn" if is_own else "deed.declined", proposal, origin, reason)
    return proposal


def argument_lines(proposal: OperatorProposal) -> list[str]:
    """The form as it was sent, a line for each value."""
    return [f"{name}={value}" for name, values in proposal.arguments.items() for value in values]


def open_proposals(now: datetime) -> Sequence[OperatorProposal]:
    """The oldest first. At most MAX_OPEN."""
    rows = OperatorProposal.objects.filter(status=ProposalStatus.OPEN, expires_at__gt=now)
    return list(rows.select_related("operator").order_by("pk")[:MAX_OPEN])


def _locked(proposal_id: int, now: datetime) -> OperatorProposal:
    proposal = OperatorProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise ProposalIsGone
    if proposal.status != ProposalStatus.OPEN or proposal.expires_at <= now:
        raise ProposalIsOver
    return proposal


def _still_may(user_id: int, permission: str) -> bool:
    """As of now, of somebody who may have been an operator yesterday."""
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    return user is not None and may(user_id, Permission.ADMIN_ACCESS) and user.has_perm(permission)


def _decide(
    proposal: OperatorProposal, status: ProposalStatus, origin: Origin, reason: str, now: datetime
) -> None:
    proposal.status, proposal.decided_by_id = status, origin.user_id
    proposal.decided_at, proposal.decided_because = now, reason
    proposal.save(update_fields=["status", "decided_by", "decided_at", "decided_because"])


def _digest(wanted: Wanted) -> str:
    text = json.dumps({name: list(values) for name, values in wanted.arguments.items()}, sort_keys=True)
    if len(text.encode()) > MAX_ARGUMENTS:
        raise ProposalTooLarge(most=MAX_ARGUMENTS)
    return hashlib.sha256(text.encode()).hexdigest()


def _audit(action: str, proposal: OperatorProposal, origin: Origin, reason: str) -> None:
    record_audit(
        origin=origin,
        action=action,
        subject=f"proposal:{proposal.pk}",
        after={
            "page": proposal.page,
            "deed": proposal.deed,
            "subject": proposal.subject,
            "about": proposal.about,
            "arguments": argument_lines(proposal),
            "proposer": proposal.operator_id,
            "reason": reason,
        },
    )
