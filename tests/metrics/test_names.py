"""Names of metrics: by Prometheus' conventions, each in the document, and none asked for in vain."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from config.management.commands.describe_metrics import document
from config.metric_catalogue import Metric, catalogue, sample_names
from tests.metrics.expressions import DASHBOARD, alerting, asked, names_in
from tools.grafana.__main__ import text as dashboard_text

ROOT = Path(settings.BASE_DIR)
OURS = re.compile(r"\bballast_[a-z0-9_]+")
NOT_METRICS = ("ballast_sdk", "ballast_migrated", "ballast_token")
BAD_UNITS = ("_ms", "_us", "_ns", "_s", "_minutes", "_hours", "_percent", "_ppm", "_kb", "_mb")
OF_HISTOGRAMS = ("_bucket", "_sum", "_count")
BEATS = ("ballast_heartbeat_age_seconds", "ballast_work_age_seconds", "ballast_restarts")
OF_LIBRARIES = (  # of prometheus_client and django-prometheus, as far as they are asked for
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_max_fds",
    "process_start_time_seconds",
    "django_http_requests_total_by_view_transport_method_total",
)


@pytest.fixture(scope="module")
def metrics() -> list[Metric]:
    return catalogue()


def test_names_are_prometheus_names(metrics: list[Metric]) -> None:
    for one in metrics:
        assert OURS.fullmatch(one.name), one
        assert not one.name.endswith(BAD_UNITS), one
        assert one.name.endswith("_total") == (one.kind == "counter"), one
        assert not one.name.endswith(OF_HISTOGRAMS), one
        assert not {"process", "instance", "job", "le"} & set(one.labels) or one.name in BEATS, one


def test_each_is_described_in_a_sentence(metrics: list[Metric]) -> None:
    for one in metrics:
        assert one.about.endswith("."), one
        assert 4 < len(one.about) <= 120, one
        assert "A figure of a check" not in one.about, one


def test_the_document_and_the_dashboard_are_as_the_code_has_them() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text() == document(), "make metrics"
    assert DASHBOARD.read_text() == dashboard_text(), "make metrics"


def test_the_dashboard_asks_for_nothing_that_does_not_exist() -> None:
    known = sample_names() | set(OF_LIBRARIES)
    assert {name for one in asked() for name in names_in(one.expression)} <= known


def test_alerts_ask_for_nothing_that_does_not_exist() -> None:
    known = sample_names() | set(OF_LIBRARIES)
    names = {name for one in alerting() for name in names_in(one) if OURS.match(name)}
    assert len(names) > 20
    assert names <= known


def test_documents_name_nothing_that_does_not_exist(metrics: list[Metric]) -> None:
    known = sample_names() | {one.name for one in metrics}
    for page in sorted((ROOT / "docs").glob("*.md")):
        if page.name != "decisions.md":  # which tells of what once was
            told = {name for name in OURS.findall(page.read_text()) if not name.endswith("_")}
            assert told - known <= set(NOT_METRICS), page.name


def test_panels_stand_beside_and_below_one_another_and_never_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (column, line)
            for column in range(place["x"], place["x"] + place["w"])
            for line in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_panel_says_what_it_is_and_has_an_id_of_its_own() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    rows = [panel["title"] for panel in panels if panel["type"] == "row"]
    assert rows[0] == "House"
    assert len(rows) == 9
    assert all(panel["description"].endswith(".") for panel in panels if panel["type"] != "row")
