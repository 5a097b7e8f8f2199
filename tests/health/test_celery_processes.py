"""Celery's worker and beat say that they live, and tasks are measured."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from celery import Celery
from celery.beat import Service
from prometheus_client import REGISTRY

from config.celery import app
from config.celery_steps import BeatScheduler, MeasuredTask, WorkerHeartbeat
from health import heartbeat


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    yield
    heartbeat.stop()


def counted(task: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("ballast_tasks_total", {"task": task, "outcome": outcome}) or 0


def test_every_task_is_measured_and_failures_are_told() -> None:
    other = Celery("test", task_cls=MeasuredTask)

    @other.task(name="test.divide")
    def divide(number: int) -> int:
        return 6 // number

    heart = heartbeat.start("worker", "a:1")
    assert divide(3) == 2
    with pytest.raises(ZeroDivisionError):
        divide(0)
    assert (counted("test.divide", "done"), counted("test.divide", "failed")) == (1, 1)
    assert heart.beat().error == "builtins.ZeroDivisionError"


def test_the_worker_begins_and_ends_its_heartbeat() -> None:
    assert WorkerHeartbeat in app.steps["worker"]

    class Timer:
        canceled = 0

        def call_repeatedly(self, seconds: float, function: object) -> "Timer":
            return self

        def cancel(self) -> None:
            self.canceled += 1

    class Worker:
        timer = Timer()

    step = WorkerHeartbeat(Worker())
    step.start(Worker())
    heart = heartbeat.current()
    assert heart is not None
    assert heart.process == "worker"
    step.stop(Worker())
    assert heartbeat.current() is None
    assert Worker.timer.canceled == 1


def test_beat_begins_its_heartbeat_with_its_schedule_and_turns_it() -> None:
    service: Any = Service(cast(Any, app), scheduler_cls=BeatScheduler)
    assert service.get_scheduler(lazy=True).data == {}
    assert heartbeat.current() is None
    scheduler = service.scheduler
    heart = heartbeat.current()
    assert heart is not None
    assert heart.process == "beat"
    assert set(scheduler.schedule) >= {"pulse", "verify-invariants"}
    assert scheduler.tick() > 0
    scheduler.close()
    assert heartbeat.current() is None
