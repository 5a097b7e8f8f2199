"""The oracle's pages: what operators see of a price, and what they do about it, each with its permission."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from access.models import AuditEntry, OperatorProposal
from oracle.admin import units
from oracle.models import Incident, IncidentKind, PolicyVersion, Round, SourceRow
from oracle.rules.figures import figures_of
from oracle.rules.policy import Policy
from oracle.rules.quotes import PRICE_ONE, Absence, Absent
from oracle.services.terms import seed_sources
from tests.oracle.rows import SOURCES, House, committed_view, open_incident, quotes
from tests.support.operators import agree, operator

TOKEN = "0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d12"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    units._known.read_at = float("-inf")


def page(client: Client, model: str, what: str = "changelist", *arguments: object, **query: str) -> str:
    units._known.read_at = float("-inf")
    answer = client.get(reverse(f"admin:oracle_{model}_{what}", args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def found(client: Client, words: str) -> int:
    answer = client.get(reverse("admin:oracle_round_changelist"), {"q": words})
    return int(answer.context["cl"].result_count)


LATER = "0b6f2f63-9d4d-4b7c-8a43-0f6a3f5f9d99"


def do(client: Client, model: str, name: str, ids: object = "", **fields: object) -> Any:
    units._known.read_at = float("-inf")
    url = reverse(f"admin:oracle_{model}_deed", args=[name])
    data = {"token": TOKEN, "reason": "because of a test", **fields}
    return client.post(f"{url}?ids={ids}" if ids else url, data)


def filled(client: Client, model: str, name: str, ids: object = "") -> dict[str, Any]:
    """What a browser sends when nothing is changed on the page."""
    url = reverse(f"admin:oracle_{model}_deed", args=[name])
    form = client.get(f"{url}?ids={ids}" if ids else url).context["form"]
    fields = {name: form[name].value() for name in form.fields if name != "reason"}
    fields = {name: "" if value is None else value for name, value in fields.items()}
    return {**fields, **{f"initial-{name}": value for name, value in fields.items()}}


@pytest.fixture
def olga_at_work(client: Client, house: House) -> Client:
    operator(client)
    return client


def test_sources_stand_beside_what_they_said(house: House, olga_at_work: Client) -> None:
    seed_sources()
    absences = [Absence(SOURCES[2], Absent.TIMED_OUT)]
    house.round(60_000, sources=SOURCES[:2], absences=absences)
    shown = page(olga_at_work, "sourcerow")
    assert "KEPT" in shown
    assert "60000.00000000 USD" in shown
    assert "ABSENT (TIMED_OUT)" in shown
    row = SourceRow.objects.get(name=SOURCES[2])
    assert "TIMED_OUT" in page(olga_at_work, "sourcerow", "change", row.pk)


def test_the_terms_of_a_source_change_as_they_are_written(house: House, olga_at_work: Client) -> None:
    seed_sources()
    row = SourceRow.objects.get(name=SOURCES[0])
    fields = filled(olga_at_work, "sourcerow", "terms", row.pk)
    answer = do(
        olga_at_work,
        "sourcerow",
        "terms",
        row.pk,
        **{**fields, "min_price": "1000.5", "max_age_ms": "15000", "weight": "2"},
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.min_price_e8, row.max_age_ms, row.weight, row.is_enabled) == (
        100_050_000_000,
        15_000,
        2,
        True,
    )
    (entry,) = AuditEntry.objects.all()
    assert entry.after == {
        "weight": 2,
        "min_price_e8": 100_050_000_000,
        "max_age_ms": 15_000,
        "reason": "because of a test",
    }
    fields = filled(olga_at_work, "sourcerow", "terms", row.pk)
    off = {name: value for name, value in fields.items() if name != "is_enabled"}
    assert do(olga_at_work, "sourcerow", "terms", row.pk, **{**off, "max_age_ms": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.is_enabled, row.max_age_ms, row.weight) == (False, None, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("min_price", "0.000000001"),
        ("min_price", "1e40"),
        ("max_price", "0"),
        ("weight", "11"),
        ("max_age_ms", "0"),
        ("reason", " "),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    house: House, olga_at_work: Client, field: str, value: str
) -> None:
    seed_sources()
    row = SourceRow.objects.get(name=SOURCES[0])
    fields = filled(olga_at_work, "sourcerow", "terms", row.pk)
    answer = do(olga_at_work, "sourcerow", "terms", row.pk, **{**fields, field: value})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not AuditEntry.objects.exists()


def test_a_new_version_of_the_policy_begins_with_the_one_in_force(house: House, olga_at_work: Client) -> None:
    fields = filled(olga_at_work, "policyversion", "new-version")
    assert {name: fields[name] for name in figures_of(Policy())} == figures_of(Policy())
    answer = do(olga_at_work, "policyversion", "new-version", **{**fields, "min_sources": "2"})
    assert answer.status_code == 302
    assert not PolicyVersion.objects.exists()
    assert OperatorProposal.objects.get().about == "min_sources 3 to 2"
    agree()
    version = PolicyVersion.objects.get()
    assert version.content["min_sources"] == 2
    assert "min_sources 3 to 2" in page(olga_at_work, "policyversion")
    assert "Fewer kept sources" in page(olga_at_work, "policyversion", "change", version.pk)
    do(olga_at_work, "policyversion", "new-version", **{**fields, "token": LATER, "max_age_ms": "20000"})
    agree(name="otto")
    latest = PolicyVersion.objects.latest("pk").content
    assert (latest["min_sources"], latest["max_age_ms"]) == (2, 20_000)
    wrong = {**filled(olga_at_work, "policyversion", "new-version"), "halting_jump_ppm": "5"}
    answer = do(olga_at_work, "policyversion", "new-version", **wrong)
    assert "halting_jump_ppm" in answer.context["form"].errors


def test_an_operator_halts_and_resumes(house: House, olga_at_work: Client) -> None:
    house.rounds(60_000, 60_000)
    assert do(olga_at_work, "incident", "halt").status_code == 302
    assert committed_view().halt is not None
    shown = page(olga_at_work, "incident")
    assert "HALTED: waits for an operator (0 of 1)" in shown
    twice = do(olga_at_work, "incident", "halt")
    assert "ORACLE_ALREADY_HALTED" in twice.content.decode()
    halt = open_incident(IncidentKind.HALT)
    assert do(olga_at_work, "incident", "resume", halt.pk).status_code == 302
    assert committed_view().halt is None
    assert "ended" in page(olga_at_work, "incident")


def test_a_jump_waits_for_a_second_operator_and_says_so(house: House, olga_at_work: Client) -> None:
    house.rounds(60_000, 75_000)
    halt = open_incident(IncidentKind.HALT)
    url = reverse("admin:oracle_incident_deed", args=["resume"])
    facts = olga_at_work.get(f"{url}?ids={halt.pk}").content.decode()
    assert "25.0000 %" in facts
    assert "75000.00000000" in facts
    do(olga_at_work, "incident", "resume", halt.pk)
    assert "HALTED: waits for another operator (1 of 2)" in page(olga_at_work, "incident")
    again = do(olga_at_work, "incident", "resume", halt.pk)
    assert "SECOND_OPERATOR_NEEDED" in again.content.decode()
    other = Client()
    operator(other, name="oskar")
    assert "approved by olga" in other.get(f"{url}?ids={halt.pk}").content.decode()
    do(other, "incident", "resume", halt.pk)
    assert committed_view().halt is None
    assert "oskar" in page(other, "approval")


def test_a_halt_is_resumed_a_pause_is_ended_and_neither_once_it_is_over(
    house: House, olga_at_work: Client
) -> None:
    house.rounds(60_000, 57_000, 53_900, 80_000)
    halt, pause = (open_incident(kind) for kind in (IncidentKind.HALT, IncidentKind.LIQUIDATIONS_PAUSED))
    assert offered(olga_at_work, halt) == {"resume"}
    assert offered(olga_at_work, pause) == {"end-pause"}
    do(olga_at_work, "incident", "end-pause", pause.pk)
    assert offered(olga_at_work, pause) == set()


def offered(client: Client, incident: Incident) -> set[str]:
    """What the page of this incident leads to."""
    shown = page(client, "incident", "change", incident.pk)
    urls = {name: reverse("admin:oracle_incident_deed", args=[name]) for name in ("resume", "end-pause")}
    return {name for name, url in urls.items() if f"{url}?ids={incident.pk}" in shown}


def test_who_halts_is_told_that_the_reason_is_public(olga_at_work: Client) -> None:
    assert "Public: everybody reads it" in page(olga_at_work, "incident", "deed", "halt")


def test_a_pause_is_ended_before_its_time(house: House, olga_at_work: Client) -> None:
    house.rounds(60_000, 57_000, 53_900)
    pause = open_incident(IncidentKind.LIQUIDATIONS_PAUSED)
    assert "INCIDENT" not in do(olga_at_work, "incident", "end-pause", pause.pk).content.decode()
    assert committed_view().liquidations_paused_until_ms == 0
    late = do(olga_at_work, "incident", "end-pause", pause.pk)
    assert "INCIDENT_ENDED" in late.content.decode()
    assert "olga" in page(olga_at_work, "incident", open="")


@pytest.mark.parametrize(
    ("model", "deed", "permission"),
    [
        ("incident", "halt", "halt_oracle"),
        ("incident", "resume", "resume_oracle"),
        ("incident", "end-pause", "end_pause"),
        ("sourcerow", "terms", "change_sourcerow"),
        ("policyversion", "new-version", "add_policyversion"),
    ],
)
def test_each_deed_needs_its_own_permission(
    house: House, client: Client, model: str, deed: str, permission: str
) -> None:
    seed_sources()
    house.rounds(60_000, 57_000, 53_900)
    ids = {"incident": Incident.objects.get().pk, "sourcerow": SourceRow.objects.earliest("pk").pk}
    needs_row = deed not in ("halt", "new-version")
    operator(client, f"oracle.view_{model}", name="eve")
    answer = do(client, model, deed, ids[model] if needs_row else "")
    assert answer.status_code == 403
    other = Client()
    operator(other, f"oracle.view_{model}", f"oracle.{permission}", name="frank")
    url = reverse(f"admin:oracle_{model}_deed", args=[deed])
    assert other.get(f"{url}?ids={ids[model]}" if needs_row else url).status_code == 200


def test_a_round_says_what_became_of_every_quote(house: House, olga_at_work: Client) -> None:
    house.round(60_000)
    house.pricing.run_round(
        [*quotes(60_100, house.now_ms), quotes(1, house.now_ms, sources=["house:BTC-USDB"])[0]],
        [],
        house.now_ms,
    )
    shown = page(olga_at_work, "round", "change", Round.objects.latest("pk").pk)
    assert shown.count("KEPT") == 3
    assert "60100.00000000 USD" in shown
    assert "accepted" in page(olga_at_work, "round")
    assert found(olga_at_work, "1") == 1
    assert found(olga_at_work, "2027-01-15 08:00") == 2
    assert "icon-no.svg" not in shown + page(olga_at_work, "round")  # words instead
    assert "60100.00000000" in page(olga_at_work, "minute", q="2027-01-15 08:00:30")
    for term in ("x", "2027-13-45", "9" * 40, "2027-01-15 08:00+99:99", "0001-01-01", "9999-12-31 23:59"):
        page(olga_at_work, "round", q=term)
        page(olga_at_work, "minute", q=term)


def test_the_current_price_is_shown_with_its_state_and_who_may_use_it(
    house: House, olga_at_work: Client
) -> None:
    house.now_ms = units.now_ms() - 4_000
    house.rounds(60_000, 60_000)
    shown = page(olga_at_work, "current")
    assert "FRESH" in shown
    assert "mint, liquidate, display" in shown
    assert "60000.00000000 ± 0.00000000" in shown
    assert "SIMULATED" not in shown


@pytest.mark.parametrize(
    "model", ["current", "round", "minute", "incident", "approval", "sourcerow", "policyversion"]
)
def test_every_page_says_that_prices_are_simulated(
    house: House, settings: Settings, olga_at_work: Client, model: str
) -> None:
    settings.ORACLE_SOURCES = names = ["simulated:1", "simulated:2", "simulated:3"]
    made_up = quotes(60_000, house.now_ms, sources=names, simulated=True)
    house.pricing.run_round(made_up, [], house.now_ms)
    assert units.SIMULATED in page(olga_at_work, model)
    seed_sources()
    source = SourceRow.objects.earliest("pk").pk
    deeds = {"incident": ("halt", ""), "sourcerow": ("terms", source), "policyversion": ("new-version", "")}
    if model in deeds:
        name, ids = deeds[model]
        assert units.SIMULATED in page(olga_at_work, model, "deed", name, ids=str(ids))
        wrong = do(olga_at_work, model, name, ids, reason="")
        assert wrong.content.decode().count(units.SIMULATED) == 1
    assert committed_view().last is not None
    assert Round.objects.get().price_e8 == 60_000 * PRICE_ONE
