"""The pages that are there when nothing else is: /healthz/ready, /health and /metrics of a web process."""

import asyncio
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from access.errors import NotFound
from access.messages import Head
from access.plain_pages import PlainAnswer, plain_pages
from health import heartbeat
from health.checks import READY_CHECKS
from health.examination import Examiner
from health.metrics import CONTENT_TYPE
from health.pages import Page, health_page, metrics_page, ready_page
from health.registry import checks

LOOP_SECONDS = 1.0
SILENT_SECONDS = 5.0
_LOOPBACK = ("127.0.0.1", "::1")
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


class HealthPages:
    """Asked for in the event loop, answered by threads of their own: a hanging database delays no request."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="health-page")
        self._all = Examiner(checks())
        self._ready = Examiner(READY_CHECKS)

    async def health(self, head: Head) -> PlainAnswer:
        return _json(await self._answer(lambda: health_page(self._all)))

    async def ready(self, head: Head) -> PlainAnswer:
        return _json(await self._answer(lambda: ready_page(self._ready)))

    async def metrics(self, head: Head) -> PlainAnswer:
        if not may_read_metrics(head):
            raise NotFound
        page = await self._answer(lambda: metrics_page(self._all))
        return PlainAnswer(page.status, page.body, CONTENT_TYPE)

    async def _answer(self, make: Callable[[], Page]) -> Page:
        return await asyncio.get_running_loop().run_in_executor(self._pool, make)

    def close(self) -> None:
        for examiner in (self._all, self._ready):
            examiner.close()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _json(page: Page) -> PlainAnswer:
    return PlainAnswer(page.status, page.body)


def may_read_metrics(head: Head) -> bool:
    """Who knows the token; without one, in a demo, who sits at this machine with no proxy in between."""
    if settings.METRICS_TOKEN:
        given = head.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    forwarded = any(name in head.headers for name in _FORWARDED)
    return bool(settings.DEMO) and head.ip in _LOOPBACK and not forwarded


class _Running:
    """What was opened in this process."""

    pages: HealthPages | None = None
    loop_watch: asyncio.Task[None] | None = None


async def open_health() -> None:
    pages = _Running.pages = HealthPages()
    plain_pages.update({"/health": pages.health, "/healthz/ready": pages.ready, "/metrics": pages.metrics})
    heartbeat.start("web", silent_after_s=SILENT_SECONDS)
    _Running.loop_watch = asyncio.create_task(_turn(), name="loop watch")


async def _turn() -> None:
    """As long as this runs the loop turns, and its requests are served."""
    while True:
        heartbeat.worked()
        await asyncio.sleep(LOOP_SECONDS)


async def close_health() -> None:
    if _Running.loop_watch is not None:
        _Running.loop_watch.cancel()
    if _Running.pages is not None:
        _Running.pages.close()
    heartbeat.stop()
