"""The versions of the figures: the first, and how others come to be in force: one operator proposes, another
one agrees, and both stand in the audit trail."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from access.services import Facts, Origin, record_audit
from access.together import ask
from custody.errors import SecondApproverNeeded
from custody.operator_errors import (
    InvalidTerms,
    NothingChanges,
    ProposalEnded,
    ProposalNotFound,
    ProposalOpen,
)
from custody.services.operators import operator_of, required_reason
from vaults.models import FiguresProposal, FiguresVersion
from vaults.rules.figures import LIMITS, Figures, as_values, figures_of, wrong_figure
from vaults.selectors_figures import figures_in_force, open_proposal, version_question
from vaults.services.accruing import accrue

APPROVED = "APPROVED"
_LOCK = "LOCK TABLE vaults_figuresversion IN SHARE ROW EXCLUSIVE MODE"


def version_in_force() -> FiguresVersion:
    """The newest, which a vault that is opened now pins."""
    return ask(version_question()) or first_version()


@transaction.atomic
def propose_figures(*, changes: Mapping[str, int], origin: Origin, reason: str) -> FiguresProposal:
    """The figures in force with these changes wait for another operator.

    Raises OperatorReasonRequired, ProposalOpen, InvalidTerms, NothingChanges.
    """
    assert set(changes) <= set(LIMITS), "no figures of vaults"
    reason = required_reason(reason)
    _lock()
    if open_proposal() is not None:
        raise ProposalOpen
    before = as_values(figures_in_force())
    after = {**before, **changes}
    _refuse_bad_figures(after)
    if after == before:
        raise NothingChanges
    operator_id = operator_of(origin)
    proposal = FiguresProposal.objects.create(content=after, operator_id=operator_id, reason=reason)
    _audit("proposed", proposal, origin, before, after, reason)
    return proposal


@transaction.atomic
def approve_figures(*, proposal_id: int, origin: Origin, reason: str, now: datetime) -> FiguresVersion:
    """Put them in force. What was owed until now grows by the fee that was in force until now.

    Raises OperatorReasonRequired, ProposalNotFound, ProposalEnded, InvalidTerms, and SecondApproverNeeded for
    who proposed them.
    """
    reason = required_reason(reason)
    _lock()
    proposal = _open(proposal_id)
    if proposal.operator_id == operator_of(origin):
        raise SecondApproverNeeded
    before = as_values(figures_in_force())
    after = {**as_values(Figures()), **proposal.content}
    _refuse_bad_figures(after)  # a release may have drawn limits closer since
    accrue(now)
    _end(proposal, APPROVED, now)
    version = FiguresVersion.objects.create(
        **as_values(figures_of(after)),
        proposed_by_id=proposal.operator_id,
        approved_by_id=operator_of(origin),
        reason=proposal.reason,
    )
    _audit("approved", proposal, origin, before, after, reason)
    return version


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, origin: Origin, reason: str, now: datetime) -> None:
    """By whoever may approve, the proposer too. Raises as `approve_figures` does."""
    reason = required_reason(reason)
    _lock()
    proposal = _open(proposal_id)
    operator_of(origin)
    _end(proposal, reason, now)
    record_audit(
        origin=origin,
        action="vaults.figures_withdrawn",
        subject=f"vaults:figures:{proposal.pk}",
        after={"reason": reason},
    )


@transaction.atomic
def first_version() -> FiguresVersion:
    """Whoever makes it, there is one."""
    _lock()
    found = FiguresVersion.objects.order_by("-pk").first()
    return found or FiguresVersion.objects.create(
        **as_values(Figures()), reason="What the house begins with."
    )


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def _open(proposal_id: int) -> FiguresProposal:
    proposal = FiguresProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise ProposalNotFound
    if proposal.ended_at is not None:
        raise ProposalEnded
    return proposal


def _end(proposal: FiguresProposal, because: str, now: datetime) -> None:
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
    proposal: FiguresProposal,
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
        action=f"vaults.figures_{what}",
        subject=f"vaults:figures:{proposal.pk}",
        before=old,
        after=new,
    )
