"""The settings of logging: every logger's lines go to stdout through `logs.lines`, and none says what its
library would say of messages, statements or frames, which carry secrets.
"""

import logging
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from logs.lines import JSON, PLAIN
from logs.redaction import know, secrets_of

FORMATS = (JSON, PLAIN)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_logger = logging.getLogger(__name__)

# What these say at a lower level has headers, frames, statements with their values, or a line for each turn.
_QUIET = {
    "WARNING": (
        *("aiohttp", "asyncio", "amqp", "channels", "daphne", "httpcore", "httpx", "kombu", "urllib3"),
        *("websockets", "parso", "ccxt", "redis", "smtplib"),
        # Each run of a task would be two lines. Runs are counted (ballast_tasks), and failures are told.
        *("celery.worker.strategy", "celery.app.trace"),
        *("celery.utils.functional", "celery.bootsteps", "celery.worker.request"),
    ),
    "INFO": ("django.db.backends", "django.template", "psycopg", "celery.beat"),
}
# What finds its own way to a terminal otherwise.
_UNHANDLED = ("django", "django.server", "uvicorn", "uvicorn.error")


def form_of(told: str) -> str:
    """Plain for a terminal, JSON for whatever collects lines; a system check refuses what is neither."""
    if told in FORMATS:
        return told
    return PLAIN if sys.stdout is not None and sys.stdout.isatty() else JSON


def logging_settings(process: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's LOGGING. What the environment keeps secret is from here on in no line."""
    know(secrets_of(environment))
    logging.captureWarnings(True)
    level = environment.get("LOG_LEVEL", "").upper()
    quiet = {name: {"level": least} for least, names in _QUIET.items() for name in names}
    form = form_of(environment.get("BALLAST_LOG_FORMAT", ""))
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "logs.lines.formatter", "process": process, "form": form}},
        "handlers": {
            "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}
        },
        "root": {"handlers": ["stdout"], "level": level if level in LEVELS else "INFO"},
        "loggers": quiet
        | {name: {"handlers": [], "propagate": True} for name in _UNHANDLED}
        # A line per request would cost the request; `access.request_lines` writes those that are worth one.
        | {"uvicorn.access": {"handlers": [], "propagate": False}},
    }


def log_what_nobody_caught() -> None:
    """The end of a process or thread is a line like any other."""
    sys.excepthook = _at_the_end
    threading.excepthook = _of_a_thread


def _at_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _logger.critical("nobody caught what ends this process", exc_info=(kind, error, trace))


def _of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        _logger.critical("nobody caught what ended a thread", exc_info=trace)
