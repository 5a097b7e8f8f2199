"""Proposals that wait for a second operator, as a source of work for the operators' home."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from access.cockpit import MOST_SHOWN, Urgency, Work, WorkItem, WorkSource
from access.models import OperatorProposal
from access.proposals import open_proposals
from access.second_person import decide_url


def look(operator_id: int) -> Work:
    """Those that he may decide, and his own, which wait for another."""
    user = User.objects.get(pk=operator_id)
    waiting = [
        one
        for one in open_proposals(timezone.now())
        if one.operator_id == operator_id or user.has_perm(one.permission)
    ]
    return Work([_item(one, operator_id) for one in waiting[:MOST_SHOWN]], len(waiting))


def _item(proposal: OperatorProposal, operator_id: int) -> WorkItem:
    page = reverse("admin:access_operatorproposal_change", args=[proposal.pk])
    back = reverse("admin:access_operatorproposal_deed", args=["take-back"]) + f"?ids={proposal.pk}"
    is_own = proposal.operator_id == operator_id
    reasons = (f"{proposal.operator}: {proposal.reason}", f"until {proposal.expires_at:%Y-%m-%d %H:%M} UTC")
    decide = decide_url(proposal)
    return WorkItem(
        title=f"{proposal.title}: {proposal.about}",
        since=proposal.created_at,
        url=page,
        reasons=("waits for another operator", *reasons[1:]) if is_own else reasons,
        deeds=[("Withdraw", back)] if is_own else [("Decide", decide or page), ("Decline", back)],
        urgency=Urgency.LATER if is_own else Urgency.SOON,
    )


WORK = (
    WorkSource(
        name="proposals",
        title="Proposals that wait for a second operator",
        permission="access.view_operatorproposal",
        look=look,
        nothing="no proposal waits for a second operator",
        all_url=lambda: reverse("admin:access_operatorproposal_changelist"),
    ),
)
