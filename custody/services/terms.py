"""How terms change: one operator proposes figures, another one agrees, and both stand in the audit trail."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from access.services import Facts, Origin, record_audit
from custody.errors import SecondApproverNeeded
from custody.models import TermsProposal, TermsVersion
from custody.operator_errors import (
    InvalidTerms,
    NothingChanges,
    ProposalEnded,
    ProposalNotFound,
    ProposalOpen,
)
from custody.rules.terms import LIMITS, Terms, terms_to_json, wrong_figure
from custody.selectors_terms import open_proposal, terms_in_force
from custody.services.operators import operator_of, required_reason
from custody.services.withdrawal_lock import lock_withdrawals

__all__ = ["approve_terms", "propose_terms", "terms_in_force", "withdraw_proposal"]

APPROVED = "APPROVED"


@transaction.atomic
def propose_terms(*, changes: Mapping[str, int], origin: Origin, reason: str) -> TermsProposal:
    """The terms in force with these figures wait for another operator.

    Raises OperatorReasonRequired, ProposalOpen, InvalidTerms, NothingChanges.
    """
    assert set(changes) <= set(LIMITS), "no figures of terms"
    reason = required_reason(reason)
    lock_withdrawals()
    if open_proposal() is not None:
        raise ProposalOpen
    before = terms_to_json(terms_in_force())
    after = {**before, **changes}
    _refuse_bad_figures(after)
    if after == before:
        raise NothingChanges
    proposal = TermsProposal.objects.create(content=after, operator_id=operator_of(origin), reason=reason)
    _audit("proposed", proposal, origin, before, after, reason)
    return proposal


@transaction.atomic
def approve_terms(*, proposal_id: int, origin: Origin, reason: str, now: datetime) -> TermsVersion:
    """Put them in force. Raises OperatorReasonRequired, ProposalNotFound, ProposalEnded, InvalidTerms, and
    SecondApproverNeeded for who proposed them."""
    reason = required_reason(reason)
    lock_withdrawals()
    proposal = _open(proposal_id)
    if proposal.operator_id == operator_of(origin):
        raise SecondApproverNeeded
    before, after = terms_to_json(terms_in_force()), {**terms_to_json(Terms()), **proposal.content}
    _refuse_bad_figures(after)  # a release may have drawn limits closer since
    _end(proposal, APPROVED, now)
    version = TermsVersion.objects.create(
        content=after,
        proposed_by_id=proposal.operator_id,
        approved_by_id=operator_of(origin),
        reason=proposal.reason,
    )
    _audit("approved", proposal, origin, before, after, reason)
    return version


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, origin: Origin, reason: str, now: datetime) -> None:
    """By whoever may approve, the proposer too. Raises as `approve_terms` does."""
    reason = required_reason(reason)
    lock_withdrawals()
    proposal = _open(proposal_id)
    operator_of(origin)
    _end(proposal, reason, now)
    record_audit(
        origin=origin,
        action="custody.terms_withdrawn",
        subject=f"custody:terms:{proposal.pk}",
        after={"reason": reason},
    )


def _open(proposal_id: int) -> TermsProposal:
    proposal = TermsProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise ProposalNotFound
    if proposal.ended_at is not None:
        raise ProposalEnded
    return proposal


def _end(proposal: TermsProposal, because: str, now: datetime) -> None:
    proposal.ended_at, proposal.ended_because = now, because
    proposal.save(update_fields=["ended_at", "ended_because"])


def _refuse_bad_figures(figures: Mapping[str, int]) -> None:
    wrong = wrong_figure(figures)
    if wrong:
        least, most = LIMITS[wrong]
        raise InvalidTerms(
            f"{wrong} is out of its range, or does not go with another figure.",
            field=wrong,
            least=least,
            most=most,
        )


def _audit(
    what: str,
    proposal: TermsProposal,
    origin: Origin,
    before: Mapping[str, int],
    after: Mapping[str, int],
    reason: str,
) -> None:
    changed = [name for name in LIMITS if before[name] != after[name]]
    old: Facts = {name: before[name] for name in changed}
    new: Facts = {**{name: after[name] for name in changed}, "reason": reason}
    record_audit(
        origin=origin,
        action=f"custody.terms_{what}",
        subject=f"custody:terms:{proposal.pk}",
        before=old,
        after=new,
    )
