"""Each alert of the list is made to fire by samples: by Prometheus's own promtool, and in the house."""

import json
from pathlib import Path

import pytest

from health.alerting.prometheus_rules import rules_text
from health.alerting.registry import Alert, alerts, grouped, runbook_url
from tests.alerting.cases import CASES
from tests.alerting.scenes import Case, House, as_promtool, length
from tests.support.prometheus import promtool

LIST = {alert.name: alert for alert in alerts()}
NAMES = [case.name for case in CASES]


def test_each_alert_has_its_samples_and_all_samples_an_alert() -> None:
    assert sorted(NAMES) == sorted(LIST)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_it_fires_in_the_house(case: Case) -> None:
    alert = LIST[case.name]
    house = House([alert])
    house.lives(case.bad, length(alert))
    assert house.firing() == [case.labels]
    (row,) = house.open_rows
    assert "{" not in row.summary


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_it_is_quiet_in_the_house_where_all_is_well(case: Case) -> None:
    alert = LIST[case.name]
    house = House([alert])
    house.lives(case.good, length(alert))
    assert house.open_rows == []
    assert house.ended == []


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_it_is_resolved_in_the_house_when_all_is_well_again(case: Case) -> None:
    alert = LIST[case.name]
    house = House([alert])
    house.lives(case.bad, length(alert))
    house.lives(case.good, length(alert))
    assert house.firing() == []
    assert [row.labels for row in house.ended] == [case.labels]


def test_it_waits_in_the_house_for_as_long_as_it_says() -> None:
    for case in CASES:
        alert = LIST[case.name]
        if alert.for_s >= 120:
            house = House([alert])
            house.lives(case.bad, alert.for_s // 60 - 1)
            assert house.firing() == [], case.name


@pytest.mark.long
def test_promtool_finds_that_they_fire_and_that_they_do_not(tmp_path: Path) -> None:
    """Each with its own rule alone: all of them for each minute of each would take minutes."""
    for case in CASES:
        (tmp_path / f"{case.name}.rules.yml").write_text(rules_text([("one", LIST[case.name])]))
        (tmp_path / f"{case.name}.tests.yml").write_text(json.dumps(promtool_tests(case)))
    done = promtool("test", "rules", *sorted(tmp_path.glob("*.tests.yml")))
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_nothing_wrong_with_the_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(rules_text(grouped()))
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", tmp_path / "rules.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def promtool_tests(case: Case) -> dict[str, object]:
    return {
        "rule_files": [f"{case.name}.rules.yml"],
        "evaluation_interval": "1m",
        "tests": [_test(case, fires=True), _test(case, fires=False)],
    }


def _test(case: Case, *, fires: bool) -> dict[str, object]:
    alert = LIST[case.name]
    minutes = length(alert)
    return {
        "name": f"{case.name} {'fires' if fires else 'does not fire'}",
        "interval": "1m",
        "input_series": as_promtool(case.bad if fires else case.good, minutes),
        "alert_rule_test": [
            {
                "eval_time": f"{minutes}m",
                "alertname": case.name,
                "exp_alerts": [_expected(alert, case)] if fires else [],
            }
        ],
    }


def _expected(alert: Alert, case: Case) -> dict[str, object]:
    return {
        "exp_labels": {"severity": str(alert.severity), **case.labels},
        "exp_annotations": {
            "summary": alert.said(tuple(case.labels.items())),
            "stake": alert.stake,
            "runbook_url": runbook_url(alert.name),
        },
    }
