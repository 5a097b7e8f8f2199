"""What /health and the metrics say of the oracle: who may act on the price now, and how each source is."""

import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings

from health.registry import CAPABILITIES, Finding
from health.rules import Status
from oracle import checks
from oracle.models import IncidentKind
from oracle.rules.quotes import PRICE_ONE, Absence, Absent
from oracle.services.operators import halt_oracle
from tests.oracle.rows import PERIOD_MS, SOURCES, House, by, open_incident


@pytest.fixture
def now(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The checks look at the clock of the rounds."""
    monkeypatch.setattr(checks, "_now_ms", lambda: house.now_ms)
    return house


def of_uses() -> tuple[Status, Status, Status]:
    (shown,), (mint,), (liquidate,) = checks.price(), checks.minting(), checks.liquidations()
    return shown.status, mint.status, liquidate.status


def by_source() -> dict[str, Finding]:
    return {one.subject: one for one in checks.sources()}


def test_a_house_without_sources_has_no_oracle_to_speak_of(house: House, settings: Settings) -> None:
    settings.ORACLE_SOURCES = []
    assert [*checks.price(), *checks.minting(), *checks.liquidations(), *checks.sources()] == []


def test_before_the_first_price_nobody_may_act(now: House) -> None:
    assert of_uses() == (Status.FAIL, Status.FAIL, Status.FAIL)
    assert checks.price()[0].message == "NO_ROUNDS: no price yet"
    assert checks.minting()[0].message == "ORACLE_UNAVAILABLE"


def test_a_fresh_confirmed_price_is_fine_for_all(now: House) -> None:
    now.round(60_000)
    assert of_uses() == (Status.OK, Status.OK, Status.WARN)
    now.round(60_000)
    assert of_uses() == (Status.OK, Status.OK, Status.OK)
    figures = checks.price()[0].figures
    assert (figures["price_e8"], figures["age_ms"], figures["state"]) == (60_000 * PRICE_ONE, 0, 0)


def test_a_stale_price_is_an_alarm_and_stops_what_needs_it(now: House) -> None:
    now.rounds(60_000, 60_000)
    now.now_ms += 10_001
    assert of_uses() == (Status.FAIL, Status.FAIL, Status.FAIL)
    assert checks.price()[0].message == "NO_ROUNDS: the last price is 10001 ms old"
    assert checks.minting()[0].message == "ORACLE_STALE"
    now.round(60_000, sources=SOURCES[:2])
    assert checks.price()[0].message == "INSUFFICIENT_SOURCES: the last price is 12001 ms old"


def test_a_halt_stops_minting_and_liquidations_and_no_display(now: House, olga: int) -> None:
    now.rounds(60_000, 60_000)
    halt_oracle(origin=by(olga), reason="a rumour", now_ms=now.now_ms)
    assert of_uses() == (Status.WARN, Status.FAIL, Status.FAIL)
    assert checks.price()[0].message == "HALTED: a rumour"


def test_a_breaker_stops_its_own_use_alone(now: House) -> None:
    now.rounds(60_000, 57_000, 53_900)
    assert open_incident(IncidentKind.LIQUIDATIONS_PAUSED).until_ms == now.now_ms + 300_000
    assert of_uses() == (Status.WARN, Status.OK, Status.FAIL)


def test_each_source_is_told_with_its_age_and_why_it_is_not_kept(now: House) -> None:
    now.round(60_000)
    now.round(60_000, sources=SOURCES[:2], absences=[Absence(SOURCES[2], Absent.RATE_LIMITED, "too fast")])
    now.now_ms += 500
    found = by_source()
    assert found[SOURCES[0]].status is Status.OK
    assert found[SOURCES[0]].figures == {"kept": 1, "age_ms": 500}
    assert (found[SOURCES[2]].status, found[SOURCES[2]].message) == (Status.WARN, "ABSENT RATE_LIMITED")


def test_what_the_checks_stop_are_capabilities_of_the_house() -> None:
    assert {stop for check in checks.CHECKS for stop in check.stops} <= set(CAPABILITIES)


def test_rounds_and_quotes_are_counted(house: House) -> None:
    def counted(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(f"ballast_oracle_{name}_total", labels) or 0

    kept = {"source": SOURCES[0], "verdict": "KEPT"}
    late = {"source": SOURCES[2], "reason": "TIMED_OUT"}
    before = (
        counted("rounds", outcome="ACCEPTED"),
        counted("rounds", outcome="INSUFFICIENT_SOURCES"),
        counted("quotes", **kept),
        counted("source_failures", **late),
    )
    house.round(60_000)
    house.now_ms += PERIOD_MS
    house.round(60_000, sources=SOURCES[:2], absences=[Absence(SOURCES[2], Absent.TIMED_OUT, "slow")])
    after = (
        counted("rounds", outcome="ACCEPTED"),
        counted("rounds", outcome="INSUFFICIENT_SOURCES"),
        counted("quotes", **kept),
        counted("source_failures", **late),
    )
    assert tuple(new - old for new, old in zip(after, before, strict=True)) == (1, 1, 2, 1)
