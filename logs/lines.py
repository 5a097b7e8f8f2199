"""What a log line is made of and how it is written: JSON, or plain for people. Every line of every process
goes through here, whoever logs it, and nothing leaves without `logs.redaction`.
"""

import json
import logging
import os
import socket
import sys
import traceback
from collections.abc import MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from logs.context import add_work
from logs.redaction import redact_line

JSON, PLAIN = "json", "plain"
FORMATS = (JSON, PLAIN)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAX_FRAMES = 30

Line = MutableMapping[str, Any]
_encoder = msgspec.json.Encoder(enc_hook=str)
_exceptions = ExceptionDictTransformer(show_locals=False, max_frames=MAX_FRAMES, use_rich=False)


def form_of(told: str) -> str:
    """Plain for a terminal, JSON for whatever collects lines; a system check refuses what is neither."""
    if told in FORMATS:
        return told
    return PLAIN if sys.stdout is not None and sys.stdout.isatty() else JSON


def level_of(told: str) -> str:
    return told.upper() if told.upper() in LEVELS else "INFO"


def formatter(process: str, form: str) -> logging.Formatter:
    """For a handler of the standard library's logging: `form` is JSON or PLAIN."""
    written: Sequence[Processor] = (
        (_exception_as_values, redact_line, _Json(process))
        if form == JSON
        else (_exception_as_text, redact_line, _Text(process))
    )
    return ProcessorFormatter(
        processors=written, foreign_pre_chain=[ExtraAdder(), _without_what_libraries_add, add_work]
    )


def this_instance() -> str:
    """Which of several processes of a kind, by what its platform calls it."""
    environment = os.environ
    return environment.get("DYNO") or environment.get("RAILWAY_REPLICA_ID") or socket.gethostname()


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


class _Json:
    def __init__(self, process: str) -> None:
        self._process = process
        self._instance = f"{this_instance()}:{os.getpid()}"

    def __call__(self, _logger: object, _level: str, line: Line) -> str:
        record: logging.LogRecord = line.pop("_record")
        line.pop("_from_structlog", None)
        head = {
            "timestamp": _moment(record),
            "level": record.levelname.lower(),
            "process": self._process,
            "instance": self._instance,
            "logger": record.name,
            "event": line.pop("event"),
        }
        for name, value in line.items():
            head[f"{name}_" if name in head else name] = value
        try:
            return _encoder.encode(head).decode()
        except UnicodeEncodeError:  # half of a pair, which no UTF-8 can say
            return json.dumps(head, default=str)


class _Text:
    """One line, its further facts behind it, and a traceback under it."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _logger: object, _level: str, line: Line) -> str:
        record: logging.LogRecord = line.pop("_record")
        line.pop("_from_structlog", None)
        event, error = line.pop("event"), line.pop("exception", None)
        facts = "".join(f" {name}={value}" for name, value in line.items())
        text = f"{_moment(record)} {record.levelname:<7} {self._process} {record.name}: {event}{facts}"
        text = text.replace("\n", "\n  ")
        whole = f"{text}\n{error}" if error else text
        return whole.encode("utf-8", "backslashreplace").decode()


def _without_what_libraries_add(_logger: object, _level: str, line: Line) -> Line:
    """Celery hands on what a task was called with, and its traceback a second time as text; Django the whole
    request, uvicorn the line in color."""
    library = line["_record"].name.partition(".")[0]
    if library == "uvicorn":
        line.pop("color_message", None)
    elif library == "django":
        line.pop("request", None)
        line.pop("server_time", None)
    elif library == "celery":
        data = line.pop("data", None)
        if isinstance(data, dict):
            line["task"], line["task_id"] = data.get("name"), data.get("id")
    return line


def _exception_as_values(_logger: object, _level: str, line: Line) -> Line:
    """Each with its frames, and none of the values that stood in them."""
    error = line.pop("exc_info", None)
    if isinstance(error, tuple) and error[0] is not None:
        line["exception"] = _exceptions(error)
    return line


def _exception_as_text(_logger: object, _level: str, line: Line) -> Line:
    error = line.pop("exc_info", None)
    if isinstance(error, tuple) and error[0] is not None:
        line["exception"] = "".join(traceback.format_exception(*error)).rstrip()
    return line
