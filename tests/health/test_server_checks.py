"""What the servers hold and do is in the metrics, and while one is away its own check alone speaks."""

import pytest
from django.db import connections
from pytest_django import Settings
from redis import Redis

from health import server_checks
from health.examination import Examiner
from health.gauges import checks_text
from health.server_checks import database_use, redis_use


def test_the_database_tells_of_its_connections_and_size(db: None) -> None:
    (finding,) = database_use()
    figures = finding.figures
    assert 0 < figures["connections"] <= figures["connections_most"]
    assert figures["size_bytes"] > 1_000_000
    assert set(figures) == set(server_checks.DATABASE_GAUGES)


def test_redis_tells_of_its_memory_and_clients(redis: Redis) -> None:
    (finding,) = redis_use()
    assert finding.figures["memory_bytes"] > 100_000
    assert finding.figures["clients"] > 0


def test_both_are_metrics_and_what_only_grows_is_a_counter(db: None, redis: Redis) -> None:
    text = checks_text(Examiner(server_checks.CHECKS).report())
    assert "# TYPE ballast_database_size_bytes gauge\n" in text
    assert "# TYPE ballast_database_commits_total counter\n" in text
    assert "# TYPE ballast_redis_commands_total counter\n" in text
    assert "ballast_database_longest_transaction_seconds" in text


def test_nothing_is_said_of_a_server_that_is_away(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for name, value in (("HOST", "127.0.0.1"), ("PORT", "1")):
        monkeypatch.setitem(connections.settings["default"], name, value)
    report = Examiner(server_checks.CHECKS).report()
    assert report.examined == []
