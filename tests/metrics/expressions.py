"""The expressions of the dashboard and of the alerts, and the names of metrics in them."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

DASHBOARD = Path(settings.BASE_DIR) / "deploy" / "grafana" / "ballast.json"
ALERTS = Path(settings.BASE_DIR) / "deploy" / "prometheus" / "alerts.yml"
OURS = re.compile(r"\bballast_[a-z0-9_]+")
NAME = re.compile(r"\b(?:ballast|django|process|python)_[a-z0-9_]+")
_STRING = re.compile(r'"[^"]*"')


class Asked(NamedTuple):
    panel: str
    expression: str


def asked() -> list[Asked]:
    """By the dashboard that is shipped, with Grafana's own variables filled in for a house of minutes."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [
        Asked(panel["title"], target["expr"].replace("$__rate_interval", "30s").replace("$__range", "5m"))
        for panel in panels
        for target in panel.get("targets", ())
    ]


def alerting() -> list[str]:
    """What the alerts ask. Texts in the rules are written as in JSON."""
    found = re.findall(r"^\s+expr: (\".*\")$", ALERTS.read_text(), re.MULTILINE)
    return [json.loads(one) for one in found]


def names_in(text: str) -> set[str]:
    """Not what stands in quotes: labels have values like `python_gc`."""
    return set(NAME.findall(_STRING.sub("", text)))
