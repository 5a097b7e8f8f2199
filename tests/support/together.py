"""Several things at the same moment, each in a thread and a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from access.errors import DomainError


def together(*steps: Callable[[], object]) -> list[str]:
    """Begun at once: of each "" or the refusal's code, in their order."""
    barrier = Barrier(len(steps))

    def run(step: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            step()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))
