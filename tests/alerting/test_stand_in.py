"""A web process tells where tasks do not run, and of a database that is away."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from health.alerting.stand_in import LATE, OUTAGE_AFTER, StandIn
from health.examination import Examiner
from health.models import NotifierTurn
from health.registry import Check, Finding
from health.rules import Status
from tests.access.notices.receivers import Receiver
from tests.alerting.conftest import Told, bodies


class Database:
    """What is found of it."""

    status = Status.OK


@pytest.fixture
def database(told: Told, settings: Settings) -> Database:
    settings.ALERTS = ["health.alerts.ALERTS"]
    return Database()


def stand_in(database: Database) -> StandIn:
    check = Check("database", "It answers", lambda: [Finding(database.status)], critical=True)
    return StandIn(Examiner([check], fresh_s=0))


def test_it_takes_a_turn_where_no_task_has_for_a_minute(database: Database, redis: Redis) -> None:
    now = timezone.now()
    NotifierTurn.objects.create(pk=1, ran_at=now - LATE)
    assert stand_in(database).look(now)
    assert NotifierTurn.objects.get().ran_at == now


def test_it_leaves_it_to_the_task_that_runs(database: Database, redis: Redis) -> None:
    now = timezone.now()
    NotifierTurn.objects.create(pk=1, ran_at=now - LATE / 2)
    assert not stand_in(database).look(now)


def test_it_tells_of_a_database_that_is_away_and_that_it_is_back(
    database: Database, slack: Receiver, redis: Redis
) -> None:
    one, now = stand_in(database), timezone.now()
    database.status = Status.FAIL
    assert not one.look(now)
    assert one.look(now + OUTAGE_AFTER)
    assert not one.look(now + 2 * OUTAGE_AFTER)
    database.status = Status.OK
    assert one.look(now + 3 * OUTAGE_AFTER)
    said = [str(body["text"]) for body in bodies(slack)]
    assert ["firing: DatabaseAway" in said[0], "resolved: DatabaseAway" in said[1]] == [True, True]


def test_a_moment_without_an_answer_is_no_outage(database: Database, slack: Receiver, redis: Redis) -> None:
    one, now = stand_in(database), timezone.now()
    for number in range(20):
        database.status = Status.FAIL if number % 2 else Status.OK
        one.look(now + timedelta(seconds=10 * number))
    assert slack.heard == []


def test_of_several_web_processes_one_tells_while_redis_is_there(
    database: Database, slack: Receiver, redis: Redis
) -> None:
    several, now = [stand_in(database) for _ in range(3)], timezone.now()
    for status, at in (
        (Status.FAIL, now),
        (Status.FAIL, now + OUTAGE_AFTER),
        (Status.OK, now + 2 * OUTAGE_AFTER),
    ):
        database.status = status
        for one in several:
            one.look(at)
    assert len(slack.heard) == 2


def test_with_redis_away_too_each_tells(database: Database, slack: Receiver, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    database.status = Status.FAIL
    for one in (stand_in(database), stand_in(database)):
        one.look(timezone.now())
        assert one.look(timezone.now() + OUTAGE_AFTER)
    assert len(slack.heard) == 2
