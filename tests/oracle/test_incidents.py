"""Halts and pauses from their beginning to their end, whoever ends them, in rows and in the audit trail."""

from threading import Thread

import pytest
from django.db import IntegrityError, connection

from access.models import AuditEntry
from access.redis_client import brief_redis
from oracle.errors import OracleHalted, OraclePaused
from oracle.models import Approval, Incident, IncidentKind, PolicyVersion, Round
from oracle.operator_errors import (
    AlreadyHalted,
    IncidentEnded,
    OperatorReasonRequired,
    SecondOperatorNeeded,
    WrongIncident,
)
from oracle.rules.encoding import decode_view
from oracle.rules.quotes import PRICE_ONE
from oracle.rules.uses import liquidation_price, mint_price, state_of
from oracle.rules.view import Refusal, State
from oracle.services.current import PRICE_KEY
from oracle.services.operators import end_pause, halt_oracle, resume_oracle
from tests.oracle.rows import PERIOD_MS, SOURCES, House, by, committed_view, open_incident
from tests.support.invariants import assert_invariants_hold

HALT, LIQUIDATIONS, MINTING = (
    IncidentKind.HALT,
    IncidentKind.LIQUIDATIONS_PAUSED,
    IncidentKind.MINTING_PAUSED,
)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_a_jump_halts_until_two_operators_have_looked(house: House, olga: int, oskar: int) -> None:
    house.rounds(60_000, 60_000, 75_000)
    halt = open_incident(HALT)
    assert (halt.needs_two, halt.move_ppm) == (True, 250_000)
    assert Round.objects.get(pk=3).refusal == Refusal.JUMP
    house.round(75_100)
    assert Round.objects.get(pk=4).is_halted
    first = resume_oracle(incident_id=halt.pk, origin=by(olga), reason="it is real", now_ms=house.now_ms)
    assert (first.is_over, first.approvals) == (False, 1)
    house.round(75_200)
    assert committed_view().halt is not None
    second = resume_oracle(incident_id=halt.pk, origin=by(oskar), reason="I agree", now_ms=house.now_ms)
    assert (second.is_over, second.approvals) == (True, 2)
    house.round(75_300)
    last = committed_view().last
    assert last is not None
    assert last.price_e8 == 75_300 * PRICE_ONE
    assert actions() == [
        "oracle.halted",
        "oracle.resume_approved",
        "oracle.resumed",
        "oracle.liquidations_paused",
        "oracle.minting_paused",
    ]
    assert_invariants_hold()


def test_the_same_operator_cannot_be_both(house: House, olga: int) -> None:
    house.rounds(60_000, 75_000)
    halt = open_incident(HALT)
    resume_oracle(incident_id=halt.pk, origin=by(olga), reason="it is real", now_ms=house.now_ms)
    with pytest.raises(SecondOperatorNeeded):
        resume_oracle(incident_id=halt.pk, origin=by(olga), reason="really", now_ms=house.now_ms)
    assert open_incident(HALT).pk == halt.pk
    assert Approval.objects.count() == 1


def test_an_operators_halt_holds_at_once_and_one_operator_ends_it(house: House, olga: int) -> None:
    house.rounds(60_000, 60_010)
    halt = halt_oracle(origin=by(olga), reason="a rumour", now_ms=house.now_ms)
    view = committed_view()
    assert state_of(view, house.now_ms) == (State.HALTED, "a rumour", 0)
    with pytest.raises(OracleHalted):
        mint_price(view, house.now_ms)
    told = brief_redis().get(PRICE_KEY)
    assert isinstance(told, bytes)
    assert decode_view(told) == view
    house.round(60_020)
    assert Round.objects.get(pk=3).price_e8 is None
    assert resume_oracle(
        incident_id=halt.pk, origin=by(olga), reason="it was nothing", now_ms=house.now_ms
    ).is_over
    assert committed_view().halt is None
    house.round(60_030)
    assert Round.objects.get(pk=4).price_e8 == 60_030 * PRICE_ONE
    assert Incident.objects.get().ended_by == "olga"
    assert_invariants_hold()


@pytest.mark.parametrize("restarts", [False, True])
def test_after_a_resume_one_jump_is_taken_and_no_second(
    house: House, olga: int, oskar: int, restarts: bool
) -> None:
    house.rounds(60_000, 75_000)
    halt = open_incident(HALT)
    for operator in (olga, oskar):
        resume_oracle(incident_id=halt.pk, origin=by(operator), reason="seen", now_ms=house.now_ms)
    if restarts:
        house.restart()
    house.round(75_000)
    assert Round.objects.latest("pk").price_e8 == 75_000 * PRICE_ONE
    if restarts:
        house.restart()
    house.round(95_000)
    assert Round.objects.latest("pk").refusal == Refusal.JUMP
    assert open_incident(HALT).from_e8 == 75_000 * PRICE_ONE


@pytest.mark.parametrize("restarts", [False, True])
def test_one_operator_lets_no_jump_through_that_takes_two(
    house: House, olga: int, oskar: int, restarts: bool
) -> None:
    house.rounds(60_000, 60_000)
    own = halt_oracle(origin=by(olga), reason="a rumour", now_ms=house.now_ms)
    house.round(75_000)
    resume_oracle(incident_id=own.pk, origin=by(olga), reason="it was nothing", now_ms=house.now_ms)
    if restarts:
        house.restart()
    house.round(75_000)
    halt = open_incident(HALT)
    assert (halt.needs_two, halt.from_e8) == (True, 60_000 * PRICE_ONE)
    for operator in (olga, oskar):
        resume_oracle(incident_id=halt.pk, origin=by(operator), reason="seen", now_ms=house.now_ms)
    if restarts:
        house.restart()
    house.round(75_000)
    assert Round.objects.latest("pk").price_e8 == 75_000 * PRICE_ONE


@pytest.mark.parametrize("restarts", [False, True])
def test_one_operator_lets_a_price_through_that_not_every_source_confirms(
    house: House, olga: int, restarts: bool
) -> None:
    PolicyVersion.objects.create(content={"min_sources": 2}, reason="x")
    house.rounds(60_000, 60_000)
    house.round(69_000, sources=SOURCES[:2])
    assert Round.objects.latest("pk").refusal == Refusal.JUMP_UNCONFIRMED
    halt = halt_oracle(origin=by(olga), reason="two are enough", now_ms=house.now_ms)
    resume_oracle(incident_id=halt.pk, origin=by(olga), reason="two are enough", now_ms=house.now_ms)
    if restarts:
        house.restart()
    house.round(69_000, sources=SOURCES[:2])
    assert Round.objects.latest("pk").price_e8 == 69_000 * PRICE_ONE
    house.round(59_000, sources=SOURCES[:2])
    assert Round.objects.latest("pk").refusal == Refusal.JUMP_UNCONFIRMED


def test_a_breaker_pauses_liquidations_and_lets_go_by_itself(house: House) -> None:
    house.rounds(60_000, 57_000, 53_900)
    pause = open_incident(LIQUIDATIONS)
    assert pause.until_ms == house.now_ms + 300_000
    view = committed_view()
    with pytest.raises(OraclePaused):
        liquidation_price(view, house.now_ms)
    assert mint_price(view, house.now_ms).price_e8 > 0
    while pause.ended_ms is None:
        house.round(53_900)
        pause.refresh_from_db()
    assert (pause.ended_ms, pause.ended_by) == (pause.until_ms, "")
    assert liquidation_price(committed_view(), house.now_ms).upper_e8 == 53_900 * PRICE_ONE
    assert actions() == ["oracle.liquidations_paused", "oracle.pause_ended"]


def test_a_move_after_the_end_of_a_pause_is_another_incident(house: House) -> None:
    house.rounds(60_000, 57_000, 53_900)
    first = open_incident(LIQUIDATIONS)
    assert first.until_ms is not None
    house.now_ms = first.until_ms - 3_000
    house.rounds(53_900, 48_000)  # a second before the end, and one after it
    second = open_incident(LIQUIDATIONS)
    first.refresh_from_db()
    assert (first.ended_ms, second.began_ms) == (first.until_ms, house.now_ms)


def test_a_move_that_goes_on_prolongs_the_pause_in_one_row(house: House) -> None:
    house.rounds(60_000, 57_000, 53_900, 52_000)
    pause = open_incident(LIQUIDATIONS)
    assert pause.until_ms == house.now_ms + 300_000
    assert Incident.objects.filter(kind=LIQUIDATIONS).count() == 1


@pytest.mark.parametrize("restarts", [False, True])
def test_a_pause_that_an_operator_ends_does_not_come_back_for_the_same_move(
    house: House, olga: int, restarts: bool
) -> None:
    house.rounds(60_000, 57_000, 53_900)
    end_pause(incident_id=open_incident(LIQUIDATIONS).pk, origin=by(olga), reason="real", now_ms=house.now_ms)
    assert committed_view().liquidations_paused_until_ms == 0
    if restarts:
        house.restart()
    house.rounds(53_900, 53_800)
    assert not Incident.objects.filter(ended_ms=None).exists()
    assert liquidation_price(committed_view(), house.now_ms).lower_e8 == 53_800 * PRICE_ONE


def test_a_restart_keeps_halts_and_pauses(house: House) -> None:
    house.rounds(60_000, 57_000, 53_900)
    before = open_incident(LIQUIDATIONS)
    house.restart()
    house.round(53_950)
    assert committed_view().liquidations_paused_until_ms >= (before.until_ms or 0)
    house.round(80_000)
    house.restart()
    house.round(80_000)
    halt = committed_view().halt
    assert halt is not None
    assert halt.needs_two
    assert Incident.objects.filter(ended_ms=None).count() == 2


def test_what_cannot_be_is_refused_and_changes_nothing(house: House, olga: int) -> None:
    house.rounds(60_000, 57_000, 53_900)
    pause = open_incident(LIQUIDATIONS)
    with pytest.raises(WrongIncident):
        resume_oracle(incident_id=pause.pk, origin=by(olga), reason="x", now_ms=house.now_ms)
    with pytest.raises(IncidentEnded):
        end_pause(incident_id=pause.pk + 1, origin=by(olga), reason="x", now_ms=house.now_ms)
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(OperatorReasonRequired):
            halt_oracle(origin=by(olga), reason=reason, now_ms=house.now_ms)
    halt = halt_oracle(origin=by(olga), reason="x", now_ms=house.now_ms)
    with pytest.raises(AlreadyHalted):
        halt_oracle(origin=by(olga), reason="y", now_ms=house.now_ms)
    with pytest.raises(WrongIncident):
        end_pause(incident_id=halt.pk, origin=by(olga), reason="x", now_ms=house.now_ms)
    resume_oracle(incident_id=halt.pk, origin=by(olga), reason="x", now_ms=house.now_ms)
    with pytest.raises(IncidentEnded):
        resume_oracle(incident_id=halt.pk, origin=by(olga), reason="x", now_ms=house.now_ms)


def test_of_two_clicks_at_once_one_is_an_approval(house: House, olga: int) -> None:
    house.rounds(60_000, 75_000)
    halt, outcomes = open_incident(HALT), []

    def click() -> None:
        try:
            resume_oracle(incident_id=halt.pk, origin=by(olga), reason="seen", now_ms=house.now_ms)
            outcomes.append("approved")
        except SecondOperatorNeeded:
            outcomes.append("refused")
        connection.close()

    clicks = [Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(outcomes) == ["approved", "refused", "refused", "refused"]
    assert open_incident(HALT).pk == halt.pk


def test_the_oracle_can_be_halted_before_its_first_price(house: House, olga: int) -> None:
    halt_oracle(origin=by(olga), reason="not yet", now_ms=house.now_ms)
    house.round(60_000)
    assert committed_view().halt is not None
    assert committed_view().last is None


def test_there_is_at_most_one_open_incident_of_a_kind(house: House) -> None:
    Incident.objects.create(kind=HALT, began_ms=1, reason="x")
    with pytest.raises(IntegrityError):
        Incident.objects.create(kind=HALT, began_ms=2, reason="y")


def test_an_approval_is_never_taken_back(house: House, olga: int) -> None:
    house.rounds(60_000, 75_000)
    resume_oracle(incident_id=open_incident(HALT).pk, origin=by(olga), reason="x", now_ms=PERIOD_MS)
    with pytest.raises(IntegrityError, match="append-only"):
        Approval.objects.all().delete()
