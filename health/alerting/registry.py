"""What an alert is. Each app declares its own in a tuple that the setting ALERTS names; from the one list
come the rules of Prometheus, what the notifier watches, and the sections of the runbook.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string

from health.alerting.conditions import Condition
from health.alerting.vectors import Labels

_PLACE = re.compile(r"{(\w+)}")


class Severity(StrEnum):
    """PAGE wakes somebody: money or everybody is concerned. WARN is looked at on the same day."""

    PAGE = "page"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Alert:
    """`summary` may name labels of the condition in braces. `stake` says what is lost if nobody looks.
    `for_s`: it has to hold for so long."""

    name: str
    severity: Severity
    condition: Condition
    summary: str
    stake: str
    for_s: int = 0

    def __post_init__(self) -> None:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", self.name), f"{self.name} is no name of an alert"
        assert set(_PLACE.findall(self.summary)) <= set(self.condition.labels), f"{self.name}: no such label"

    def said(self, labels: Labels) -> str:
        """The summary, of these labels."""
        known = dict(labels)
        return _PLACE.sub(lambda found: known.get(found[1], ""), self.summary)

    def template(self) -> str:
        """The summary as Prometheus fills it in."""
        return _PLACE.sub(r"{{ $labels.\1 }}", self.summary)


def page(name: str, condition: Condition, *, summary: str, stake: str, for_s: int = 0) -> Alert:
    return Alert(name, Severity.PAGE, condition, summary, stake, for_s)


def warn(name: str, condition: Condition, *, summary: str, stake: str, for_s: int = 0) -> Alert:
    return Alert(name, Severity.WARN, condition, summary, stake, for_s)


def alerts() -> tuple[Alert, ...]:
    """In the order of the settings. Names are unique: a runbook's section stands under each."""
    found = tuple(alert for path in settings.ALERTS for alert in import_string(path))
    assert len({alert.name for alert in found}) == len(found), "two alerts have one name"
    return found


def runbook_url(name: str) -> str:
    """Of the alert's section: where the house says that its runbook is, else the file beside the source."""
    return f"{settings.ALERT_RUNBOOK_URL or 'docs/runbook.md'}#{name.lower()}"


def grouped() -> list[tuple[str, Alert]]:
    """Each with the part of the house that declares it: `custody.alerts.ALERTS` is custody's."""
    return [
        (path.removesuffix(".ALERTS").removesuffix(".alerts").replace(".", "_"), alert)
        for path in settings.ALERTS
        for alert in import_string(path)
    ]
