"""What a web process says of the house: ready, well, down, and its metrics to whom they concern."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest
from django.db import connections
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from redis import Redis

from access.errors import InvalidHost, NotFound
from access.messages import Head
from config.health_pages import HealthPages
from health.examination import Examiner
from health.pages import health_page, metrics_page, ready_page
from health.registry import Check, Finding, checks
from health.rules import Status
from health.store import Beat, say_beat, say_metrics

SECRET = "a token of the scraper"


def head(ip: str = "127.0.0.1", **headers: str) -> Head:
    named = {"host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Head("GET", "/metrics", "/metrics", b"", named, ip, "http")


@pytest.fixture
def pages(db: None) -> Iterator[HealthPages]:
    made = HealthPages()
    yield made
    made.close()


def told(examiner: Examiner) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(health_page(examiner).body)
    return found


def fixed(status: Status, **options: object) -> Check:
    return Check("part", "", lambda: [Finding(status, "why", "0", {"queue": 5})], **options)  # type: ignore[arg-type]


def test_everything_is_told_and_nothing_of_the_machine() -> None:
    examiner = Examiner([fixed(Status.FAIL, stops=("trading",), label="shard")])
    page = health_page(examiner)
    assert page.status == 200
    content = msgspec.json.decode(page.body)
    assert content["status"] == "degraded"
    assert content["capabilities"]["trading"] == "unavailable"
    assert content["capabilities"]["market_data"] == "available"
    part = content["subsystems"]["part 0"]
    assert (part["status"], part["message"], part["figures"]) == ("fail", "why", {"queue": 5})


def test_figures_that_are_not_for_everybody_are_in_the_metrics_alone() -> None:
    examiner = Examiner([fixed(Status.OK, for_everybody=False)])
    part = msgspec.json.decode(health_page(examiner).body)["subsystems"]["part 0"]
    assert (part["message"], part["figures"]) == ("why", {})
    assert b"ballast_part_queue" in metrics_page(examiner).body


def test_it_is_down_where_something_critical_fails() -> None:
    page = health_page(Examiner([fixed(Status.FAIL, critical=True)]))
    assert (page.status, msgspec.json.decode(page.body)["status"]) == (503, "down")


def test_processes_are_told_without_the_names_of_machines(redis: Redis) -> None:
    say_beat(redis, Beat("engine", "host-17:4711", 60_000, 5, 5_000, 3, "psycopg.OperationalError", 10))
    page = health_page(Examiner([]))
    assert b"host-17" not in page.body
    (process,) = msgspec.json.decode(page.body)["processes"]
    assert (process["process"], process["status"], process["restarts"]) == ("engine", "alive", 3)
    assert process["last_error"] == "psycopg.OperationalError"


def test_with_redis_and_database_away_it_still_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for name, value in (("HOST", "127.0.0.1"), ("PORT", "1")):
        monkeypatch.setitem(connections.settings["default"], name, value)
    examiner = Examiner(checks())
    content = told(examiner)
    assert content["status"] == "down"
    assert content["processes"] == []
    assert metrics_page(examiner).status == 200
    assert ready_page(examiner).status == 503


def test_ready_names_what_is_not() -> None:
    assert ready_page(Examiner([fixed(Status.WARN)])) == (200, b'{"status":"ready","failing":[]}')
    assert ready_page(Examiner([fixed(Status.FAIL)])) == (503, b'{"status":"not ready","failing":["part 0"]}')


def test_metrics_of_every_process_and_of_the_checks_are_on_one_page(redis: Redis) -> None:
    say_beat(redis, Beat("engine", "b:2", 60_000, 5, 5_000, 3))
    say_metrics(redis, "engine", "b:2", b"# HELP made x\n# TYPE made gauge\nmade 7.0\n")
    text = metrics_page(Examiner([fixed(Status.WARN, label="shard")])).body.decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    (made,) = families["made"].samples
    assert (made.labels, made.value) == ({"process": "engine", "instance": "b:2"}, 7)
    assert families["ballast_health"].samples[0].value == 1
    (queue,) = families["ballast_part_queue"].samples
    assert (queue.labels, queue.value) == ({"shard": "0"}, 5)
    (age,) = families["ballast_heartbeat_age_seconds"].samples
    assert age.labels == {"process": "engine", "instance": "b:2"}
    assert {sample.labels["process"] for sample in families["python_info"].samples} == {"web"}


def test_metrics_are_for_who_knows_the_token(pages: HealthPages, settings: Settings) -> None:
    settings.METRICS_TOKEN = SECRET
    settings.DEMO = True
    answer = asyncio.run(pages.metrics(head("203.0.113.9", authorization=f"Bearer {SECRET}")))
    assert answer.status == 200
    for wrong in (
        {},
        {"authorization": "Bearer x"},
        {"authorization": SECRET},
        {"authorization": "Bearer ☃"},
    ):
        with pytest.raises(NotFound):
            asyncio.run(pages.metrics(head(**wrong)))


def test_without_a_token_metrics_are_for_this_machine_in_a_demo(
    pages: HealthPages, settings: Settings
) -> None:
    settings.METRICS_TOKEN = ""
    settings.DEMO = True
    assert asyncio.run(pages.metrics(head())).status == 200
    for there in (head("203.0.113.9"), head(x_forwarded_for="127.0.0.1"), head(forwarded="for=::1")):
        with pytest.raises(NotFound):
            asyncio.run(pages.metrics(there))
    settings.DEMO = False
    with pytest.raises(NotFound):
        asyncio.run(pages.metrics(head()))


def test_a_page_of_somebody_else_that_names_itself_after_this_machine_reads_no_metrics(
    pages: HealthPages, settings: Settings
) -> None:
    settings.METRICS_TOKEN = ""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    assert asyncio.run(pages.metrics(head(host="localhost:8000"))).status == 200
    for host in ("evil.example:8000", "127.0.0.1.evil.example", ""):
        with pytest.raises(InvalidHost):
            asyncio.run(pages.metrics(head(host=host)))


def test_who_knows_the_token_may_call_the_machine_as_he_likes(pages: HealthPages, settings: Settings) -> None:
    settings.METRICS_TOKEN = SECRET
    answer = asyncio.run(pages.metrics(head(host="10.0.0.7:8000", authorization=f"Bearer {SECRET}")))
    assert answer.status == 200


def test_a_crowd_that_asks_is_answered_with_one_page(pages: HealthPages, settings: Settings) -> None:
    async def crowd() -> set[bytes]:
        answers = await asyncio.gather(*(pages.health(head()) for _ in range(50)))
        return {answer.body for answer in answers}

    assert len(asyncio.run(crowd())) == 1
