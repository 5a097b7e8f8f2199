"""Two fixed thread pools for what would block the event loop, with their database connections kept in order.

A pool's threads live as long as the process, so each keeps one connection; Django's own ASGI handler makes a
thread, and with persistent connections a connection, for every request.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

# Views and handlers; the bridge uses it too.
work_pool = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="work")
# Key and session look-ups stand apart, so that slow pages cannot hold up the admission of requests.
admission_pool = ThreadPoolExecutor(2, thread_name_prefix="admission")


def with_connection(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Drops a connection that is too old or broken before and after, as Django does around its requests."""
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what blocks (the ORM) in a pool thread."""
    return await _in_pool(work_pool, function, *args, **kwargs)


async def in_admission_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return await _in_pool(admission_pool, function, *args, **kwargs)


async def _in_pool(
    pool: ThreadPoolExecutor, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """With the caller's context: what is logged there is about the same request."""
    return await asyncio.get_running_loop().run_in_executor(
        pool, copy_context().run, lambda: with_connection(function, *args, **kwargs)
    )
