"""What nobody caught, as a line like any other in place of text on stderr."""

import logging
import sys
import threading
from types import TracebackType

logger = logging.getLogger(__name__)


def log_what_nobody_caught() -> None:
    """Of this process and of its threads."""
    sys.excepthook = _of_the_process
    threading.excepthook = _of_a_thread


def _of_the_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger.critical("nobody caught what ends this process", exc_info=(kind, error, trace))


def _of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        trace = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logger.critical("nobody caught what ended a thread", exc_info=trace)
