"""The Celery application: JSON only, UTC, no results; Redis is the broker."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# What follows reads the settings while it is imported, and the line of the Procfile sets no variable.
from config.celery_steps import MeasuredTask, WorkerHeartbeat
from config.schedule import SCHEDULE


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis URL: unix sockets have a scheme of their own."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or '0'}"


app = Celery("ballast", task_cls=MeasuredTask)
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    broker_pool_limit=min(10, settings.POOL_CONNECTIONS),
    worker_enable_remote_control=False,  # nobody asks workers by it, and it takes two connections
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,  # tasks scan for work and claim it, so a second run does no harm
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
    beat_schedule=SCHEDULE,
)
app.steps["worker"].add(WorkerHeartbeat)
app.autodiscover_tasks()
