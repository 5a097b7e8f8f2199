"""Figures change by two operators, within their limits; every version stays, and a vault keeps its own."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from access.errors import DomainError
from access.models import AuditEntry
from access.services import Origin
from ledger.streams import events_of
from tests.vaults.support.rows import E8, funded_vault, later, user
from vaults.models import FiguresProposal, FiguresVersion
from vaults.rules.accumulator import RAY, rate_after
from vaults.rules.figures import Figures
from vaults.selectors_figures import figures_in_force, open_proposal
from vaults.selectors_rate import current_rate
from vaults.services.accruing import STREAM, accrue
from vaults.services.figures import approve_figures, propose_figures, version_in_force, withdraw_proposal

pytestmark = pytest.mark.usefixtures("assets")


def by(name: str) -> Origin:
    return Origin(user(name).pk)


def propose(**changes: int) -> FiguresProposal:
    return propose_figures(changes=changes, origin=by("olga"), reason="less risk")


def approve(proposal: FiguresProposal, *, who: str = "oscar", seconds: float = 60) -> FiguresVersion:
    now = later(seconds)
    return approve_figures(proposal_id=proposal.pk, origin=by(who), reason="seen", now=now)


def refused(work: Any, *arguments: Any, **values: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        work(*arguments, **values)
    return refusal.value.code


def test_the_house_begins_with_a_version_of_its_own() -> None:
    assert version_in_force() == version_in_force()
    assert version_in_force().figures == Figures()
    assert FiguresVersion.objects.count() == 1


def test_one_operator_alone_changes_nothing() -> None:
    proposal = propose(penalty_ppm=100_000)
    assert refused(approve, proposal, who="olga") == "SECOND_OPERATOR_NEEDED"
    assert figures_in_force() == Figures()
    assert open_proposal() == proposal


def test_another_operator_puts_them_in_force() -> None:
    proposal = propose(penalty_ppm=100_000, max_vaults=5)
    version = approve(proposal)
    assert figures_in_force() == Figures(penalty_ppm=100_000, max_vaults=5)
    assert version_in_force() == version
    assert (version.proposed_by_id, version.approved_by_id) == (by("olga").user_id, by("oscar").user_id)
    assert open_proposal() is None
    entries = AuditEntry.objects.filter(subject=f"vaults:figures:{proposal.pk}").order_by("pk")
    assert [entry.action for entry in entries] == ["vaults.figures_proposed", "vaults.figures_approved"]
    assert entries[1].before == {"penalty_ppm": 130_000, "max_vaults": 20}
    assert entries[1].after == {"penalty_ppm": 100_000, "max_vaults": 5, "reason": "seen"}


def test_a_vault_keeps_the_figures_that_it_was_opened_under() -> None:
    vault = funded_vault(debt=1_000 * E8)
    approve(propose(min_ratio_ppm=2_000_000, warning_ratio_ppm=2_000_000, target_ratio_ppm=2_000_000))
    vault.refresh_from_db()
    assert vault.figures.figures == Figures()
    assert funded_vault("bob").figures.figures.min_ratio_ppm == 2_000_000


def test_another_fee_counts_from_its_approval_on() -> None:
    accrue(later(0))
    approve(propose(stability_fee_ppm=500_000), seconds=3_600)
    assert current_rate().rate_ray == rate_after(RAY, 20_000, 3_600)
    accrue(later(7_200))
    assert current_rate().rate_ray == rate_after(rate_after(RAY, 20_000, 3_600), 500_000, 3_600)
    assert [event.data["fee_ppm"] for event in events_of(STREAM)] == [20_000, 500_000]


def test_one_proposal_waits_at_a_time() -> None:
    proposal = propose(max_vaults=5)
    assert refused(propose, max_vaults=6) == "PROPOSAL_OPEN"
    withdraw_proposal(proposal_id=proposal.pk, origin=by("olga"), reason="no", now=later(1))
    propose(max_vaults=6)


def test_what_has_ended_cannot_be_approved_or_withdrawn() -> None:
    proposal = propose(max_vaults=5)
    withdraw_proposal(proposal_id=proposal.pk, origin=by("olga"), reason="no", now=later(1))
    assert refused(approve, proposal) == "PROPOSAL_ENDED"
    ending = {"proposal_id": proposal.pk, "origin": by("olga"), "reason": "no", "now": later(2)}
    assert refused(withdraw_proposal, **ending) == "PROPOSAL_ENDED"
    assert refused(withdraw_proposal, **{**ending, "proposal_id": 10**9}) == "NOT_FOUND"


@pytest.mark.parametrize(
    "changes",
    [
        {"penalty_ppm": -1},
        {"min_ratio_ppm": 1_400_000},
        {"penalty_ppm": 600_000},
        {"debt_floor_atoms": 10**17},
    ],
)
def test_figures_that_cannot_be_are_refused(changes: dict[str, int]) -> None:
    assert refused(propose, **changes) == "INVALID_TERMS"


def test_what_changes_nothing_is_refused() -> None:
    assert refused(propose, max_vaults=20) == "NOTHING_CHANGES"


def test_limits_that_came_closer_hold_for_what_was_proposed_before() -> None:
    proposal = propose(max_vaults=5)
    FiguresProposal.objects.update(content={**proposal.content, "max_vaults": 10**6})
    assert refused(approve, proposal) == "INVALID_TERMS"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reason_is_needed(reason: str) -> None:
    wanted = {"changes": {"max_vaults": 5}, "origin": by("olga"), "reason": reason}
    assert refused(propose_figures, **wanted) == "REASON_REQUIRED"


def test_versions_stay_as_they_are() -> None:
    version = version_in_force()
    for statement in (
        "UPDATE vaults_figuresversion SET penalty_ppm = 0",
        "DELETE FROM vaults_figuresversion",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    version.refresh_from_db()
    assert version.figures == Figures()
