"""Terms change by two operators, within the limits of each figure, and every version stays."""

from dataclasses import asdict, fields
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from access.errors import DomainError
from access.models import AuditEntry
from custody.models import TermsProposal, TermsVersion
from custody.rules.terms import (
    LIMITS,
    MalformedTerms,
    Terms,
    terms_from_json,
    terms_to_json,
    wrong_figure,
)
from custody.selectors_terms import open_proposal, terms_in_force
from custody.services.terms import approve_terms, propose_terms, withdraw_proposal
from tests.custody.withdrawals.scene import NOON, new_terms, operator

pytestmark = pytest.mark.usefixtures("custody")


def refused(work: Any, **values: Any) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        work(**values)
    return refusal.value


def propose(**changes: int) -> TermsProposal:
    return propose_terms(changes=changes, origin=operator("olga"), reason="less risk")


def test_every_figure_has_limits_and_a_default_within_them() -> None:
    assert set(LIMITS) == {field.name for field in fields(Terms)}
    assert wrong_figure(asdict(Terms())) == ""


figures = st.fixed_dictionaries({name: st.integers(*limits) for name, limits in LIMITS.items()})


@given(figures)
def test_terms_come_back_as_they_went(values: dict[str, int]) -> None:
    if wrong_figure(values):
        with pytest.raises(MalformedTerms):
            terms_from_json(values)
    else:
        assert terms_to_json(terms_from_json(values)) == values


@pytest.mark.parametrize("name", LIMITS)
def test_a_figure_outside_its_limits_is_wrong(name: str) -> None:
    least, most = LIMITS[name]
    for value in (least - 1, most + 1):
        assert wrong_figure({**asdict(Terms()), name: value}) == name


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"min_withdrawal_sats": 1_000, "max_withdrawal_sats": 999}, "min_withdrawal_sats"),
        ({"hot_cap_sats": 16 * 10**8, "max_withdrawal_sats": 17 * 10**8}, "max_withdrawal_sats"),
        ({"sweep_target_sats": 26 * 10**8}, "sweep_target_sats"),
        ({"min_fee_rate": 400_000}, "min_fee_rate"),
    ],
)
def test_figures_that_do_not_go_together_are_wrong(changes: dict[str, int], wrong: str) -> None:
    assert wrong_figure({**asdict(Terms()), **changes}) == wrong


@pytest.mark.parametrize(
    "content", [None, [], "x", {"fee_sats": "1"}, {"fee_sats": 1.5}, {"other": 1}, {"approvals": 0}]
)
def test_what_is_no_terms_is_not_read(content: object) -> None:
    with pytest.raises(MalformedTerms):
        terms_from_json(content)


def test_an_older_release_may_have_written_fewer_figures() -> None:
    assert terms_from_json({"fee_sats": 5}) == Terms(fee_sats=5)


def test_one_operator_alone_changes_nothing() -> None:
    olga = operator("olga")
    proposal = propose_terms(changes={"fee_sats": 5_000}, origin=olga, reason="fees rose")
    assert terms_in_force() == Terms()
    error = refused(approve_terms, proposal_id=proposal.pk, origin=olga, reason="me again", now=NOON)
    assert (error.code, error.status) == ("SECOND_OPERATOR_NEEDED", 409)
    assert terms_in_force() == Terms()
    assert open_proposal() == proposal


def test_another_operator_puts_them_in_force() -> None:
    proposal = propose(fee_sats=5_000)
    oscar = operator("oscar")
    version = approve_terms(proposal_id=proposal.pk, origin=oscar, reason="seen", now=NOON)
    assert terms_in_force() == Terms(fee_sats=5_000)
    assert (version.proposed_by_id, version.approved_by_id) == (proposal.operator_id, oscar.user_id)
    assert open_proposal() is None
    entries = AuditEntry.objects.filter(subject=f"custody:terms:{proposal.pk}").order_by("pk")
    assert [entry.action for entry in entries] == ["custody.terms_proposed", "custody.terms_approved"]
    assert entries[1].before == {"fee_sats": 2_000}
    assert entries[1].after == {"fee_sats": 5_000, "reason": "seen"}


def test_the_next_terms_stand_on_those_in_force() -> None:
    new_terms(fee_sats=5_000)
    new_terms(user_day_count=3)
    assert terms_in_force() == Terms(fee_sats=5_000, user_day_count=3)
    assert TermsVersion.objects.count() == 2


def test_one_proposal_waits_at_a_time() -> None:
    proposal = propose(fee_sats=5_000)
    assert refused(propose, fee_sats=6_000).code == "PROPOSAL_OPEN"
    withdraw_proposal(proposal_id=proposal.pk, origin=operator("oscar"), reason="no", now=NOON)
    propose(fee_sats=6_000)


def test_a_proposal_ends_once() -> None:
    proposal = propose(fee_sats=5_000)
    withdraw_proposal(proposal_id=proposal.pk, origin=operator("olga"), reason="a mistake", now=NOON)
    for work in (approve_terms, withdraw_proposal):
        error = refused(work, proposal_id=proposal.pk, origin=operator("oscar"), reason="late", now=NOON)
        assert error.code == "PROPOSAL_ENDED"
        error = refused(work, proposal_id=0, origin=operator("oscar"), reason="none", now=NOON)
        assert error.code == "NOT_FOUND"
    assert terms_in_force() == Terms()


def test_bad_proposals_are_refused() -> None:
    error = refused(propose, approvals=1)
    assert (error.code, error.field, error.details) == ("INVALID_TERMS", "approvals", {"least": 2, "most": 5})
    assert refused(propose, fee_sats=2_000).code == "NOTHING_CHANGES"
    blank: dict[str, Any] = {"changes": {"fee_sats": 1}, "origin": operator("olga")}
    for reason in ("", "  ", "x" * 301):
        assert refused(propose_terms, **blank, reason=reason).code == "REASON_REQUIRED"


def test_the_database_keeps_every_version() -> None:
    new_terms(fee_sats=5_000)
    for statement in ("UPDATE custody_termsversion SET content = '{}'", "DELETE FROM custody_termsversion"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert terms_in_force().fee_sats == 5_000
