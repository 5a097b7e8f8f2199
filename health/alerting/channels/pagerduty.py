"""Pages by PagerDuty's Events API v2: each alert an incident of its own, by a key that ends it again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from health.alerting.channels.posting import post
from health.alerting.channels.shape import Outcome
from health.alerting.messages import Item

URL = "https://events.pagerduty.com/v2/enqueue"
BUDGET_S = 8.0  # then what is left waits for the next turn
MAX_SUMMARY = 1_024
_SEVERITIES = {"page": "critical", "warn": "warning"}


@dataclass(frozen=True, slots=True)
class PagerDutyChannel:
    """Whoever is woken by it is woken by pages alone."""

    key: str = field(repr=False)
    url: str = field(default=URL, repr=False)
    name: str = "pagerduty"
    pages_alone: bool = True

    def send(self, house: str, items: Sequence[Item]) -> Outcome:
        ends = time.monotonic() + BUDGET_S
        for taken, one in enumerate(items):
            if taken and time.monotonic() > ends:
                return Outcome(taken)
            answer = post(self.url, _event(self.key, house, one))
            if answer.error:
                return Outcome(taken, answer.error, answer.is_permanent, answer.wait_s, blamed=1)
        return Outcome(len(items))


def _event(key: str, house: str, one: Item) -> dict[str, object]:
    event: dict[str, object] = {
        "routing_key": key,
        "event_action": "resolve" if one.is_over else "trigger",
        "dedup_key": f"ballast-{one.key}",
    }
    if one.is_over:
        return event
    links = [{"href": one.runbook, "text": "Runbook"}] if one.runbook.startswith("https://") else []
    return {
        **event,
        "client": "Ballast",
        "links": links,
        "payload": {
            "summary": f"{one.name}: {one.summary}"[:MAX_SUMMARY],
            "source": house,
            "severity": _SEVERITIES.get(one.severity, "warning"),
            "timestamp": one.began_at.isoformat(),
            "class": one.name,
            "custom_details": {"at_stake": one.stake, "runbook": one.runbook, **dict(one.labels)},
        },
    }
