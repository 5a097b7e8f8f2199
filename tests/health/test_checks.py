"""What the checks of the house and of the exchange find."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from exchange.checks import CHECKS as EXCHANGE_CHECKS
from exchange.checks import engines, markets, waiting_rows
from exchange.models import EngineRequest, Market, Shard
from exchange.queue import FIELD, stream_key
from exchange.services.requests import request_account_tier
from health import checks
from health.registry import CAPABILITIES
from health.rules import Status
from health.store import Beat, say_beat, say_pulse
from tests.exchange.scene import Scene, open_scene


def say(redis: Redis, process: str, *, silent: bool = False) -> None:
    say_beat(redis, Beat(process, "a:1", 1, 9_000 if silent else 0, 5_000, restarts=2))


def test_database_redis_and_migrations_are_fine(db: None) -> None:
    for check in checks.READY_CHECKS:
        (finding,) = check.run()
        assert finding.status is Status.OK, check.name


def test_a_migration_that_is_missing_is_a_failure(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ledger'")
    (finding,) = checks.migrations()
    assert finding.status is Status.FAIL
    assert finding.figures["missing"] >= 1


def test_each_line_of_the_process_table_must_be_there(redis: Redis, settings: Settings) -> None:
    settings.EXPECTED_PROCESSES = {"web": 1, "engine": 2, "worker": 1}
    say(redis, "web")
    say(redis, "engine")
    say(redis, "bots", silent=True)
    found = {finding.subject: finding for finding in checks.processes()}
    assert {name: finding.status for name, finding in found.items()} == {
        "web": Status.OK,
        "engine": Status.WARN,
        "worker": Status.FAIL,
        "bots": Status.WARN,
    }
    assert found["worker"].message == "0 alive of 1 expected"
    assert found["bots"].message == "1 stuck"
    assert found["web"].figures["restarts"] == 2


def test_tasks_that_do_not_run_are_noticed(redis: Redis) -> None:
    assert checks.tasks()[0].status is Status.WARN
    say_pulse(redis)
    assert checks.tasks()[0].status is Status.OK
    redis.pexpire("health:pulse", 3_600_000 - checks.PULSE_LATE_MS)
    assert checks.tasks()[0].status is Status.WARN
    redis.pexpire("health:pulse", 3_600_000 - checks.PULSE_LOST_MS)
    assert checks.tasks()[0].status is Status.FAIL


def test_room_on_the_disk(settings: Settings, tmp_path: object) -> None:
    settings.STATE_DIR = tmp_path
    (finding,) = checks.disk()
    assert 0 <= finding.figures["free_percent"] <= 100


@pytest.mark.django_db(transaction=True)
def test_a_shard_is_led_and_keeps_up(redis: Redis, settings: Settings) -> None:
    settings.DEMO = True
    scene: Scene = open_scene()
    try:
        (led,) = engines()
        assert (led.status, led.subject) == (Status.OK, "0")
        assert led.figures["has_leader"] == led.figures["takes_commands"] == 1
        assert led.figures["sequence"] == Shard.objects.get().sequence
        redis.xadd(stream_key(0), {FIELD: b"late"}, id="1-1")
        (late,) = engines()
        assert late.status is Status.FAIL
        assert "1 commands wait" in late.message
        redis.delete("engine:0:alive")
        assert engines()[0].message == "commands are not taken"
        scene.worker.stop()
        assert engines()[0].message == "nobody leads the shard"
    finally:
        scene.close()


@pytest.mark.django_db(transaction=True)
def test_markets_that_are_held_and_rows_that_wait_are_told(settings: Settings) -> None:
    settings.DEMO = True
    scene = open_scene()
    try:
        assert markets()[0].status is Status.OK
        Market.objects.update(status="HALTED")
        assert (markets()[0].status, markets()[0].message) == (Status.WARN, "1 HALTED")
        assert [finding.status for finding in waiting_rows()] == [Status.OK, Status.OK]
        request_account_tier(shard=0, account=scene.alice, tier=1, reason="x", requested_by=None)
        for age_s, status in ((11, Status.WARN), (61, Status.FAIL)):
            EngineRequest.objects.update(created_at=timezone.now() - timedelta(seconds=age_s))
            assert waiting_rows()[0].status is status
    finally:
        scene.close()


def test_what_a_check_stops_is_something_that_is_told() -> None:
    for check in (*checks.CHECKS, *EXCHANGE_CHECKS):
        assert set(check.stops) <= set(CAPABILITIES)
        assert check.about
