"""The list of alerts, the rules that are made from it, and the runbook are of one piece."""

import pytest
import yaml
from django.conf import settings

from config.metric_catalogue import catalogue
from health.alerting.conditions import increases
from health.alerting.prometheus_rules import PATH, rules_text
from health.alerting.registry import Severity, alerts, grouped, runbook_url
from health.alerting.runbook import sections
from health.alerting.samples import LONGEST_WINDOW_S, UP

PARTS = ("**Means.**", "**At stake.**", "**Look.**", "**Do.**", "**It is over when**")


def test_the_rules_of_prometheus_are_made_of_this_very_list() -> None:
    """Else: make alerts."""
    assert (settings.BASE_DIR / PATH).read_text() == rules_text(grouped())


def test_the_rules_are_yaml_with_all_that_who_is_woken_needs() -> None:
    rules = [rule for group in yaml.safe_load(rules_text(grouped()))["groups"] for rule in group["rules"]]
    assert len(rules) == len(alerts())
    for rule in rules:
        assert set(rule["annotations"]) == {"summary", "stake", "runbook_url"}
        assert rule["labels"]["severity"] in set(Severity)


def test_each_alert_has_its_section_of_the_runbook_and_each_section_its_alert() -> None:
    assert list(sections()) == [alert.name for alert in alerts()]


@pytest.mark.parametrize("name", sorted(sections()))
def test_a_section_says_what_who_was_woken_asks(name: str) -> None:
    text = sections()[name]
    assert [part for part in PARTS if part not in text] == []
    places = [text.index(part) for part in PARTS]
    assert places == sorted(places)


def test_every_window_is_remembered() -> None:
    windows = [vector.window_s for alert in alerts() for vector in increases(alert.condition)]
    assert max(windows) <= LONGEST_WINDOW_S


def test_the_runbook_may_lie_elsewhere(settings: object) -> None:
    assert runbook_url("EngineLags") == "docs/runbook.md#enginelags"
    settings.ALERT_RUNBOOK_URL = "https://docs.example.com/runbook"  # type: ignore[attr-defined]
    assert runbook_url("EngineLags") == "https://docs.example.com/runbook#enginelags"


def test_every_metric_and_label_of_an_alert_is_one_that_the_house_tells() -> None:
    known = {name: one for one in catalogue() for name in one.samples}
    added = {"process", "instance", "le"}  # by the page of metrics, and by histograms
    wrong = []
    for alert in alerts():
        for selector in alert.condition.selectors:
            if selector.metric == UP:
                continue
            metric = known.get(selector.metric)
            if metric is None:
                wrong.append(f"{alert.name}: {selector.metric}")
                continue
            labels = {match.label for match in selector.where} | set(alert.condition.labels)
            missing = labels - set(metric.labels) - added
            wrong += [f"{alert.name}: {selector.metric} has no {label}" for label in sorted(missing)]
    assert wrong == []
