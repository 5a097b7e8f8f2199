"""A whole turn of the notifier against the house's own page of metrics, by one process at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from health.alerting.conditions import Compare, check_finds
from health.alerting.notifier import LEASE, MEMORY, run_once
from health.alerting.registry import page
from health.alerting.vectors import Increase, one_of, select
from health.examination import Examiner
from health.models import AlertEpisode, EpisodeStatus, NotifierTurn
from health.registry import Check, Finding, checks
from health.rules import Status
from health.store import Beat, say_beat, say_metrics
from tests.access.notices.receivers import Receiver, status
from tests.alerting.conftest import Opens, Told

_BROKEN = page("PartBroken", check_finds("part"), summary="It is.", stake="All.")
_COUNTS = page(
    "Counted",
    Compare(Increase(select("hits_total", one_of("kind", "bad")), 600), ">", 2),
    summary="Bad ones.",
    stake="All.",
)
ALERTS = (_BROKEN, _COUNTS)


@pytest.fixture(autouse=True)
def _list(told: Told, settings: Settings) -> None:
    settings.ALERTS = ["tests.alerting.test_notifier.ALERTS"]


def house(finds: Status = Status.OK, *, critical: bool = False) -> Examiner:
    return Examiner([Check("part", "", lambda: [Finding(finds)], critical=critical)], fresh_s=0)


def test_a_check_that_fails_is_told(slack: Receiver, redis: Redis) -> None:
    assert run_once(house(Status.FAIL), timezone.now()) == 1
    assert AlertEpisode.objects.get().status == EpisodeStatus.FIRING
    assert len(slack.heard) == 1


def test_all_that_is_declared_is_looked_at_on_a_real_page(settings: Settings, redis: Redis) -> None:
    settings.ALERTS = [
        "health.alerts.ALERTS",
        "exchange.alerts.ALERTS",
        "config.door_alerts.ALERTS",
        "oracle.alerts.ALERTS",
        "vaults.alerts.ALERTS",
        "custody.alerts.ALERTS",
    ]
    assert run_once(Examiner(checks()), timezone.now()) == 0
    names = set(AlertEpisode.objects.values_list("name", flat=True))
    assert "ProcessMissing" in names  # nobody runs
    assert not names & {"DatabaseAway", "RedisAway", "HouseUnreachable", "InvariantViolated"}


def test_counters_of_all_processes_count_though_another_takes_the_next_turn(redis: Redis) -> None:
    now = timezone.now()
    for number, hits in enumerate((10, 11, 14)):
        say_beat(redis, Beat("engine", "b:2", 1, 1, 0, 0))
        text = f'# TYPE hits_total counter\nhits_total{{kind="bad"}} {hits}\n'
        say_metrics(redis, "engine", "b:2", text.encode())
        run_once(house(), now + timedelta(seconds=15 * number))
    assert AlertEpisode.objects.get().name == "Counted"
    assert AlertEpisode.objects.get().value == 4


def test_while_redis_is_away_the_rest_is_told(slack: Receiver, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert run_once(house(Status.FAIL), timezone.now()) == 1


def test_what_it_remembers_may_be_spoiled(redis: Redis) -> None:
    redis.set(MEMORY, b"\xff nothing of ours")
    now = timezone.now()
    for number, hits in enumerate((10, 13)):
        say_beat(redis, Beat("engine", "b:2", 1, 1, 0, 0))
        told = f'# TYPE hits_total counter\nhits_total{{kind="bad"}} {hits}\n'
        say_metrics(redis, "engine", "b:2", told.encode())
        run_once(house(), now + timedelta(seconds=15 * number))
    assert AlertEpisode.objects.get().value == 3


def test_one_process_at_a_time_takes_a_turn(slack: Receiver, redis: Redis) -> None:
    now = timezone.now()
    NotifierTurn.objects.create(pk=1, leased_until=now + LEASE)
    assert run_once(house(Status.FAIL), now) is None
    assert slack.heard == []


def test_after_a_process_died_in_its_turn_another_goes_on_and_tells_what_waits(
    slack: Receiver, redis: Redis
) -> None:
    now = timezone.now()
    slack.answer = status(503)
    run_once(house(Status.FAIL), now)
    NotifierTurn.objects.update(leased_until=now + LEASE)  # as a process that was killed leaves it
    slack.answer = status(200)
    assert run_once(house(Status.FAIL), now + LEASE / 2) is None
    assert run_once(house(Status.FAIL), now + LEASE + timedelta(seconds=1)) == 1
    assert AlertEpisode.objects.count() == 1


def test_the_dead_mans_switch_hears_each_minute_that_the_house_is_watched(
    opens: Opens, settings: Settings, redis: Redis
) -> None:
    switch = opens()
    settings.ALERT_SECRETS["heartbeat_url"] = f"http://127.0.0.1:{switch.port}/ping/secret"
    now = timezone.now()
    for number in range(9):  # two minutes
        run_once(house(), now + timedelta(seconds=15 * number))
    assert [one.line for one in switch.heard] == ["GET /ping/secret HTTP/1.1"] * 3


def test_it_hears_nothing_while_the_house_is_down(opens: Opens, settings: Settings, redis: Redis) -> None:
    switch = opens()
    settings.ALERT_SECRETS["heartbeat_url"] = f"http://127.0.0.1:{switch.port}/ping/secret"
    run_once(house(Status.FAIL, critical=True), timezone.now())
    assert switch.heard == []
    run_once(house(Status.FAIL), timezone.now())  # degraded is not down
    assert len(switch.heard) == 1


def test_a_switch_that_is_not_reached_harms_nothing(settings: Settings, redis: Redis) -> None:
    settings.ALERT_SECRETS["heartbeat_url"] = "http://127.0.0.1:1/ping"
    assert run_once(house(), timezone.now()) == 0
    assert NotifierTurn.objects.get().ran_at is not None


def test_of_many_at_once_one_takes_the_turn_and_one_message_goes_out(slack: Receiver, redis: Redis) -> None:
    """Web processes stand in, workers have threads: whoever comes first does it."""
    now = timezone.now()

    def turn(_: int) -> int | None:
        try:
            return run_once(house(Status.FAIL), now)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(turn, range(6)))
    assert len(slack.heard) == 1
    assert sum(outcome or 0 for outcome in outcomes) == 1
    assert AlertEpisode.objects.count() == 1
