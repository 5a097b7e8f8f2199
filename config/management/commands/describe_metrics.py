"""`manage.py describe_metrics`: prints docs/metrics.md, every metric with its kind, labels and meaning."""

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand

from config.metric_catalogue import OURS, Metric, catalogue

_TITLES = {
    "alerts": "Alerts of the house's own notifier",
    "approvals": "What waits for operators",
    "backup": "Backups",
    "bots": "Bots",
    "build": "Builds",
    "custody": "Bitcoin",
    "database": "PostgreSQL",
    "engine": "Engines",
    "http": "Front door",
    "invariant": "Invariants",
    "notice": "Notices",
    "notices": "Notices",
    "oracle": "Oracle",
    "orders": "Markets",
    "markets": "Markets",
    "trades": "Markets",
    "rate": "Front door",
    "redis": "Redis",
    "reserves": "Reserves",
    "rows": "Engines",
    "heartbeat": "Processes",
    "work": "Processes",
    "restarts": "Processes",
    "processes": "Processes",
    "supervised": "Processes",
    "task": "Tasks",
    "tasks": "Tasks",
    "vaults": "Vaults",
    "websocket": "Sockets",
}
_HOUSE = "The house"
_INTRODUCTION = """# Metrics

What `GET /metrics` gives (`operating.md`). `make metrics` writes this page from the code. A sample that a
process counts itself has the labels `process` and `instance` besides those named here; what a check of
`/health` finds has none of them. Times are in seconds, sizes in bytes, shares are ratios; money is in whole
units of its own (`_sats`, `_atoms`, `_e8`). A histogram has `_bucket`, `_sum` and `_count`.

`liquidations_total`, `liquidation_latency_seconds`, `positions_monitored`, `insurance_fund_balance` and
`failed_liquidations_total` come with positions and their liquidation, which do not exist yet.
"""


class Command(BaseCommand):
    help = "Print the document of all metrics."

    def handle(self, *_: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    ordered = sorted(catalogue(), key=lambda one: (_title(one), one.name))
    parts = [_INTRODUCTION]
    for title, metrics in groupby(ordered, key=_title):
        lines = [_line(one) for one in metrics]
        parts.append("\n".join([f"## {title}", "", "| metric | kind | what |", "|---|---|---|", *lines, ""]))
    return "\n".join(parts)


def _title(metric: Metric) -> str:
    return _TITLES.get(metric.name.removeprefix(OURS).split("_")[0], _HOUSE)


def _line(metric: Metric) -> str:
    labels = "{" + ",".join(metric.labels) + "}" if metric.labels else ""
    return f"| `{metric.name}{labels}` | {metric.kind} | {metric.about.removesuffix('.')} |"
