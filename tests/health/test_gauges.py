"""What checks find becomes metrics in Prometheus' units: seconds and ratios, each described once."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from health.examination import Examiner
from health.gauges import base_value, checks_text, described, in_base_units
from health.registry import Check, Finding, Gauge, checks, in_states
from health.rules import Status


def text_of(*findings: Finding, **options: object) -> str:
    examiner = Examiner([Check("part", "The part works", lambda: findings, **options)])  # type: ignore[arg-type]
    return checks_text(examiner.report())


@pytest.mark.parametrize(
    ("figure", "name", "value"),
    [
        ("lag_ms", "lag_seconds", 1.5),
        ("answer_us", "answer_seconds", 0.0015),
        ("oldest_s", "oldest_seconds", 1500),
        ("free_percent", "free_ratio", 15),
        ("deviation_ppm", "deviation_ratio", 0.0015),
        ("lowest_ratio_ppm", "lowest_ratio", 0.0015),
        ("held_sats", "held_sats", 1500),
        ("debt_atoms", "debt_atoms", 1500),
        ("price_e8", "price_e8", 1500),
        ("sequence", "sequence", 1500),
    ],
)
def test_units_become_base_units_and_money_keeps_its_own(figure: str, name: str, value: float) -> None:
    assert (in_base_units(figure), base_value(figure, 1500)) == (name, value)


def test_a_whole_number_stays_one_however_large() -> None:
    assert base_value("age_ms", 2**62 * 1000) == 2**62
    assert base_value("price_e8", 2**63 - 1) == 2**63 - 1


def test_states_are_one_metric_with_the_state_as_its_label() -> None:
    gauges = {**in_states(["OPEN", "SHUT"], "By state."), "late_s": Gauge("How late.")}
    text = text_of(Finding(Status.OK, figures={"open": 3, "shut": 0, "late_s": 4}), gauges=gauges)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    states = families["ballast_part_in_state"]
    assert {sample.labels["state"]: sample.value for sample in states.samples} == {"OPEN": 3, "SHUT": 0}
    assert (states.documentation, states.type) == ("By state.", "gauge")
    assert families["ballast_part_late_seconds"].samples[0].value == 4


def test_what_several_findings_say_stands_together_under_one_head() -> None:
    found = [Finding(Status.OK, "", name, {"queue": 1}) for name in ("0", "1")]
    text = text_of(*found, label="shard", gauges={"queue": Gauge("Waiting.")})
    assert text.count("# TYPE ballast_part_queue gauge") == 1
    assert 'ballast_part_queue{shard="0"} 1\nballast_part_queue{shard="1"} 1\n' in text


def test_the_house_as_a_whole_and_its_servers_are_told_whatever_fails() -> None:
    def gone() -> list[Finding]:
        raise OSError("away")

    text = checks_text(Examiner([Check("database", "PostgreSQL answers", gone, critical=True)]).report())
    assert "ballast_database_up 0\n" in text
    assert "ballast_house_state 2\n" in text
    assert 'ballast_health{check="database"} 2\n' in text


def test_a_metric_of_two_figures_is_described_by_one_of_them() -> None:
    names = described(checks())
    assert all(about.endswith(".") and len(about) < 100 for about in names.values()), names
    assert all(name.startswith("ballast_") for name in names)
