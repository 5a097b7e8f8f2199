"""Every metric that the house can give: name, kind, labels and what it is, as the code declares them.

For the document of them and for who checks that a name exists; a process that serves people never asks.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from health.gauges import HEALTH, described, gauge_name
from health.pages import BEATS
from health.registry import Check, checks

OURS = "ballast_"
_OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")


class Metric(NamedTuple):
    """`name` as it stands in an expression; of a histogram without `_bucket`, `_sum` and `_count`."""

    name: str
    kind: str
    labels: tuple[str, ...]
    about: str

    @property
    def samples(self) -> tuple[str, ...]:
        """The names of its samples."""
        return tuple(f"{self.name}{end}" for end in (_OF_A_HISTOGRAM if self.kind == "histogram" else ("",)))


def catalogue() -> list[Metric]:
    """By name. Every process labels its own with `process` and `instance` besides."""
    found = {one.name: one for one in (*_declared(), *_of_checks(checks()), *_of_beats())}
    return [found[name] for name in sorted(found)]


def sample_names() -> set[str]:
    return {name for one in catalogue() for name in one.samples}


def _declared() -> Iterator[Metric]:
    for module in _modules():
        import_module(module)
    collectors = list(REGISTRY._collector_to_names)
    for one in collectors:
        if isinstance(one, MetricWrapperBase) and one._name.startswith(OURS):
            kind = str(one._type)
            name = f"{one._name}_total" if kind == "counter" else one._name
            yield Metric(name, kind, tuple(one._labelnames), one._documentation)


def _modules() -> list[str]:
    root = Path(settings.BASE_DIR)
    apps = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    files = [file for app in apps for file in (root / app).rglob("meters.py")]
    return sorted(".".join(file.relative_to(root).with_suffix("").parts) for file in files)


def _of_checks(all_checks: Iterable[Check]) -> Iterator[Metric]:
    checks_of = list(all_checks)
    labels: dict[str, tuple[str, ...]] = {HEALTH[0]: ("check",)}
    for check in checks_of:
        for figure, gauge in check.gauges.items():
            subject = (check.label,) if check.label != "subject" else ()
            labels[gauge_name(check, figure)] = (*subject, *gauge.labels)
    for name, about in described(checks_of).items():
        kind = "counter" if name.endswith("_total") else "gauge"
        yield Metric(name, kind, labels.get(name, ()), about)


def _of_beats() -> Iterator[Metric]:
    for name, about in BEATS.items():
        yield Metric(name, "gauge", ("process", "instance"), about)
