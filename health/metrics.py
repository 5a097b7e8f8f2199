"""Metrics: this process's own as text, and the texts of all processes merged into one page.

Each app declares its metrics where it owns what they count, with the classes of `prometheus_client`; all
stand in that library's one registry of the process.
"""

import platform
from collections.abc import Iterable, Mapping

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

# A second sample for each metric, which says when the process began to count.
disable_created_metrics()  # type: ignore[no-untyped-call]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUILD = Gauge(
    "ballast_build_info", "Which build this process runs: always 1.", ["version", "python", "engine"]
)
TASKS = Counter("ballast_tasks", "Celery tasks that ended, by how.", ["task", "outcome"])
TASK_SECONDS = Histogram(
    "ballast_task_seconds",
    "How long a Celery task took.",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300),
)

Samples = list[tuple[Mapping[str, str], int | float]]
_Families = dict[str, list[str]]


def note_build(version: str, *, is_compiled: bool) -> None:
    """`is_compiled`: the engine that this process would run."""
    BUILD.labels(version, platform.python_version(), "compiled" if is_compiled else "python").set(1)


def exposition() -> bytes:
    """Every metric of this process."""
    return generate_latest(REGISTRY)


def gauge_text(name: str, about: str, samples: Iterable[tuple[Mapping[str, str], int | float]]) -> str:
    """A gauge that is computed when it is asked for; a counter that somebody else keeps, if `_total`."""
    kind = "counter" if name.endswith("_total") else "gauge"
    lines = [f"{name}{_braced(labels)} {value}" for labels, value in samples]
    return "\n".join([f"# HELP {name} {about}", f"# TYPE {name} {kind}", *lines, ""]) if lines else ""


def _braced(labels: Mapping[str, str]) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inner}}}" if inner else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def merged(texts: Iterable[tuple[str, str, str]]) -> bytes:
    """(process, instance, text) of each, as one text: the same family of all stands together, once described,
    and each sample says whose it is."""
    heads: _Families = {}
    samples: _Families = {}
    for process, instance, text in texts:
        own = f'process="{_escaped(process)}",instance="{_escaped(instance)}"'
        _take_in(text, own, heads, samples)
    lines = [line for family, head in heads.items() for line in (*head, *samples.get(family, ()))]
    return ("\n".join(lines) + "\n").encode()


def _take_in(text: str, own: str, heads: _Families, samples: _Families) -> None:
    """In one piece, for there are ten thousand lines: `name 1` or `name{label="x"} 1`; label values may hold
    blanks and braces, names may not."""
    described: _Families = {}
    kept = samples.setdefault("", [])
    for line in text.splitlines():
        if line[:2] == "# ":
            family = line.split(" ", 3)[2]
            described.setdefault(family, []).append(line)
            kept = samples.setdefault(family, [])
        elif line:
            name, brace, rest = line.partition("{")
            if brace and " " not in name:
                kept.append(f"{name}{{{own},{rest}")
            else:
                name, blank, rest = line.partition(" ")
                kept.append(f"{name}{{{own}}}{blank}{rest}")
    for name, head in described.items():
        heads.setdefault(name, head)
