"""How Celery's processes take part in health: heartbeats of worker and beat, and each task measured."""

import time
from typing import Any

from celery import Task
from celery.beat import Scheduler
from celery.bootsteps import StartStopStep

from health import heartbeat
from health.metrics import TASK_SECONDS, TASKS
from logs.context import MAX_REQUEST_ID, begin, current_request_id

TURN_SECONDS = 2.0
_REQUEST_ID = "request_id"  # a header of the message
SILENT_SECONDS = 60.0  # beat sleeps until something is due, which is never longer


class MeasuredTask(Task):  # type: ignore[type-arg]  # generic for the type checker only
    abstract = True

    def apply_async(self, *arguments: Any, **options: Any) -> Any:
        """Whoever sends a task for a request sends the request's number along."""
        number = current_request_id()
        if number:
            options["headers"] = {_REQUEST_ID: number, **(options.get("headers") or {})}
        return super().apply_async(*arguments, **options)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if not self.request.called_directly:
            self._begin_work()
        began = time.perf_counter()
        outcome = "failed"
        try:
            result = self.run(*arguments, **options)
            outcome = "done"
        except Exception as error:
            heartbeat.failed(error)
            raise
        finally:
            TASKS.labels(self.name, outcome).inc()
            TASK_SECONDS.labels(self.name).observe(time.perf_counter() - began)
            heartbeat.worked()
        return result

    def _begin_work(self) -> None:
        """The thread's until its next task: Celery says in it what a task failed with, too. What the schedule
        started is a request of its own."""
        number = getattr(self.request, _REQUEST_ID, None) or self.request.id
        begin(str(number)[:MAX_REQUEST_ID], task=self.name, task_id=self.request.id)


class WorkerHeartbeat(StartStopStep):
    """Turns with the worker's timer, which also keeps its connection to the broker alive."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._entry: Any = None

    def start(self, parent: Any) -> None:
        heartbeat.start("worker", silent_after_s=SILENT_SECONDS)
        self._entry = parent.timer.call_repeatedly(TURN_SECONDS, heartbeat.worked)

    def stop(self, parent: Any) -> None:
        if self._entry is not None:
            self._entry.cancel()
        heartbeat.stop()

    def terminate(self, parent: Any) -> None:
        self.stop(parent)


class BeatScheduler(Scheduler):
    """The schedule is code, so nothing is kept in a file."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        heartbeat.start("beat", silent_after_s=SILENT_SECONDS)

    def tick(self, *arguments: Any, **options: Any) -> float:
        heartbeat.worked()
        return float(super().tick(*arguments, **options))

    def close(self) -> None:
        super().close()
        heartbeat.stop()
