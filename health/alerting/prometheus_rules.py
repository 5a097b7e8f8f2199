"""The list of alerts as rules of Prometheus: what `deploy/prometheus/alerts.yml` holds, to the byte."""

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from health.alerting.episodes import CLEAR
from health.alerting.registry import Alert, runbook_url
from health.alerting.vectors import duration

PATH = Path("deploy/prometheus/alerts.yml")
_HEAD = """\
# Rules for Prometheus 2.42 or later, made by `make alerts` from the list of alerts: change the list instead.
# A test says when it is stale. What each means and what to do stands in docs/runbook.md.
groups:
"""


def rules_text(grouped: Iterable[tuple[str, Alert]]) -> str:
    """Of (group, alert), which stand together by group."""
    groups = groupby(grouped, key=lambda pair: pair[0])
    return _HEAD + "".join(_group(name, [alert for _, alert in pairs]) for name, pairs in groups)


def _group(name: str, alerts: Iterable[Alert]) -> str:
    return f"  - name: {name}\n    rules:\n" + "".join(_rule(alert) for alert in alerts)


def _rule(alert: Alert) -> str:
    lines = [
        f"      - alert: {alert.name}",
        f"        expr: {_text(alert.condition.promql())}",
        *([f"        for: {duration(alert.for_s)}"] if alert.for_s else []),
        f"        keep_firing_for: {duration(int(CLEAR.total_seconds()))}",
        "        labels:",
        f"          severity: {alert.severity}",
        "        annotations:",
        f"          summary: {_text(alert.template())}",
        f"          stake: {_text(alert.stake)}",
        f"          runbook_url: {_text(runbook_url(alert.name))}",
    ]
    return "\n".join(lines) + "\n"


def _text(words: str) -> str:
    """In quotes of JSON, which are YAML's too."""
    return json.dumps(words, ensure_ascii=False)
