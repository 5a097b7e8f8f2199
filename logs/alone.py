"""Logging of a process that has no Django: the same lines, to stdout."""

import logging
import sys
from collections.abc import Mapping

from logs.lines import form_of, formatter, level_of
from logs.redaction import know, secrets_of
from logs.uncaught import log_what_nobody_caught


def log_to_stdout(process: str, environment: Mapping[str, str]) -> None:
    """What the environment keeps secret is from here on in no line."""
    know(secrets_of(environment))
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter(process, form_of(environment.get("BALLAST_LOG_FORMAT", ""))))
    logging.basicConfig(level=level_of(environment.get("LOG_LEVEL", "")), handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # of a line that cannot be written its arguments would be, as they are
    log_what_nobody_caught()
