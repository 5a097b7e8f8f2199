"""Asks the parts of a page one after the other, each within its time: one that fails is missing alone."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

Answer = TypeVar("Answer")
LONGEST_MS = 1_000  # of one statement
PAGE_SECONDS = 4.0  # of all that one page asks: what is not reached by then is not asked

logger = logging.getLogger(__name__)


class Asking:
    """One page's questions. `failed` names what has no answer."""

    def __init__(self, seconds: float = PAGE_SECONDS) -> None:
        self._until = time.monotonic() + seconds
        self.failed: list[str] = []

    def ask(self, name: str, question: Callable[[], Answer]) -> Answer | None:
        """None where there is no answer. What a question changes is not kept: it is there to look."""
        left_ms = int((self._until - time.monotonic()) * 1000)
        if left_ms <= 0:
            logger.warning("%s was not asked: the parts before it took too long", name)
            self.failed.append(name)
            return None
        try:
            with transaction.atomic():
                _bound(min(left_ms, LONGEST_MS))
                answer = question()
                transaction.set_rollback(True)
                return answer
        except Exception:
            logger.exception("%s gave no answer", name)
            self.failed.append(name)
            return None


def _bound(milliseconds: int) -> None:
    """For this transaction alone; one that fails or is rolled back has the time of before again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{milliseconds}ms"])
