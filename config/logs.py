"""The settings of logging: all lines go to stdout (those of a command to stderr) through `logs.lines`, and
none says what its library would say of messages, statements or frames, which carry secrets.
"""

import logging
from collections.abc import Mapping
from typing import Any

from logs.lines import form_of, level_of
from logs.redaction import know, secrets_of

# What these say at a lower level has headers, frames, statements with their values, or a line for each turn.
_QUIET = {
    "WARNING": (
        *("aiohttp", "asyncio", "amqp", "channels", "daphne", "httpcore", "httpx", "kombu", "urllib3"),
        *("websockets", "parso", "ccxt", "redis", "smtplib"),
        # Each run of a task would be two lines. Runs are counted (ballast_tasks), and failures are told.
        *("celery.worker.strategy", "celery.app.trace"),
        *("celery.beat", "celery.bootsteps", "celery.utils.functional", "celery.worker.request"),
    ),
    "INFO": ("django.db.backends", "django.template", "psycopg"),
}
COMMAND = "manage"  # what is no line of the process table
# What finds its own way to a terminal otherwise.
_UNHANDLED = ("django", "django.server", "uvicorn", "uvicorn.error")


def logging_settings(process: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's LOGGING. What the environment keeps secret is from here on in no line."""
    know(secrets_of(environment))
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # of a line that cannot be written its arguments would be, as they are
    quiet = {name: {"level": least} for least, names in _QUIET.items() for name in names}
    form = form_of(environment.get("BALLAST_LOG_FORMAT", ""))
    # What a command prints is its answer, which somebody may pipe elsewhere: its lines go beside it.
    stream = "ext://sys.stderr" if process == COMMAND else "ext://sys.stdout"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "logs.lines.formatter", "process": process, "form": form}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "stream": stream, "formatter": "line"}},
        "root": {"handlers": ["lines"], "level": level_of(environment.get("LOG_LEVEL", ""))},
        "loggers": quiet
        | {name: {"handlers": [], "propagate": True} for name in _UNHANDLED}
        # A line per request would cost the request; `access.request_lines` writes those that are worth one.
        | {"uvicorn.access": {"handlers": [], "propagate": False}},
    }
