"""The page of metrics is cheap to make, and is there while servers are away."""

import time

import pytest
from django.db import connections
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from health.examination import Examiner
from health.metrics import exposition, merged
from health.pages import metrics_page
from health.registry import checks

PROCESSES = 12
SAMPLES = 1_000  # of a web process that has served everything
MOST_S = 0.1  # of a processor; 0.015 where it was measured


def a_web_process() -> str:
    head = "# HELP request_seconds x\n# TYPE request_seconds histogram\n"
    line = 'request_seconds_bucket{{endpoint="Endpoint{}",method="GET",status_class="2xx",le="0.5"}} {}.0\n'
    return head + "".join(line.format(number, number) for number in range(SAMPLES))


def test_twelve_processes_are_one_page_in_no_time() -> None:
    texts = [("web", f"host:{number}", a_web_process()) for number in range(PROCESSES)]

    def spent_s() -> float:
        began = time.process_time()
        assert merged(texts).count(b"\n") == PROCESSES * SAMPLES + 2
        return time.process_time() - began

    assert min(spent_s() for _ in range(5)) < MOST_S


def test_while_redis_and_database_are_away_a_process_still_tells_of_itself(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for name, value in (("HOST", "127.0.0.1"), ("PORT", "1")):
        monkeypatch.setitem(connections.settings["default"], name, value)
    text = metrics_page(Examiner(checks())).body.decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    for server in ("database", "redis"):
        assert families[f"ballast_{server}_up"].samples[0].value == 0
    assert families["ballast_house_state"].samples[0].value == 2
    assert families["process_resident_memory_bytes"].samples[0].labels["process"] == "web"
    assert len(families["ballast_build_info"].samples) == 1


def test_no_family_is_told_twice_on_a_page(db: None) -> None:
    text = metrics_page(Examiner(checks())).body.decode()
    heads = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(heads) == len(set(heads))
    assert len(exposition()) < 1_000_000
