"""Withdrawals that wait for people, as work: why each needs a look, who has agreed, and what can be done."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from access.cockpit import MOST_SHOWN, Urgency, Work, WorkItem, WorkSource
from access.cockpit_links import ago, counted, deed_url, list_url, row_url
from custody.models import Withdrawal, WithdrawalApproval
from custody.rendering import bitcoin
from custody.rules.risk import Level, Risk
from custody.selectors_risk import risks_of
from custody.selectors_withdrawals import awaiting_approval

LATE_HOURS = 6
ANOTHER = "Waits for another operator"

Make = Callable[[Withdrawal, Risk, Sequence[str], datetime], WorkItem]


def _others(operator_id: int) -> Q:
    """What the operator has no say in any more, or never had: he agreed to it, or asked for it himself."""
    said = WithdrawalApproval.objects.filter(
        withdrawal=OuterRef("pk"), operator_id=operator_id, approves=True
    )
    return Q(owner_id=operator_id) | Q(Exists(said))


def mine(operator_id: int) -> Work:
    return _work(awaiting_approval().filter(~_others(operator_id)), _mine)


def of_others(operator_id: int) -> Work:
    return _work(awaiting_approval().filter(_others(operator_id)), _of_another)


def _work(rows: QuerySet[Withdrawal], item: Make) -> Work:
    shown = list(rows[:MOST_SHOWN])
    risks, said = risks_of(shown), _said(shown)
    now = timezone.now()
    items = [item(row, risks[row.pk], said.get(row.pk, []), now) for row in shown]
    return Work(items, len(shown) if len(shown) < MOST_SHOWN else counted(rows))


def _said(rows: Sequence[Withdrawal]) -> Mapping[UUID, list[str]]:
    said: dict[UUID, list[str]] = {}
    given = WithdrawalApproval.objects.filter(withdrawal__in=rows, approves=True)
    for one in given.select_related("operator").order_by("pk"):
        said.setdefault(one.withdrawal_id, []).append(f"Approved by {one.operator}: {one.reason}")
    return said


def _mine(row: Withdrawal, risk: Risk, said: Sequence[str], now: datetime) -> WorkItem:
    is_late = (now - row.created_at).total_seconds() > LATE_HOURS * 3_600
    urgent = risk.level is Level.HIGH or is_late
    return WorkItem(
        title=_title(row),
        since=row.created_at,
        url=row_url(row),
        reasons=_reasons(row, risk, said),
        deeds=[
            ("Approve", deed_url(Withdrawal, "approve", row)),
            ("Reject", deed_url(Withdrawal, "reject", row)),
        ],
        urgency=Urgency.NOW if urgent else Urgency.SOON,
    )


def _of_another(row: Withdrawal, risk: Risk, said: Sequence[str], now: datetime) -> WorkItem:
    return WorkItem(
        title=_title(row),
        since=row.created_at,
        url=row_url(row),
        reasons=[ANOTHER, *_reasons(row, risk, said)],
        urgency=Urgency.LATER,
    )


def _title(row: Withdrawal) -> str:
    return f"{bitcoin(row.amount_sats)} BTC of {row.owner} to {row.address}"


def _reasons(row: Withdrawal, risk: Risk, said: Sequence[str]) -> list[str]:
    needed = row.approvals_needed
    is_told = any("on the list" in one.text for one in risk.reasons)
    people = "1 operator" if needed == 1 else f"{needed} operators"
    return [
        f"Needs {people}, {len(said)} agreed",
        f"Risk {risk.text}",
        *(one.text for one in risk.reasons),
        *said,
        *([] if is_told else [f"On the owner's list for {ago(row.allowed.created_at, row.created_at)}"]),
    ]


def _all() -> str:
    return list_url(Withdrawal)


WORK = (
    WorkSource(
        name="withdrawals",
        title="Withdrawals to approve",
        permission="custody.approve_withdrawal",
        look=mine,
        nothing="no withdrawal waits for you",
        all_url=_all,
    ),
    WorkSource(
        name="withdrawals_of_others",
        title="Withdrawals that wait for another operator",
        permission="custody.approve_withdrawal",
        look=of_others,
        nothing="none waits for another operator",
        all_url=_all,
    ),
)
