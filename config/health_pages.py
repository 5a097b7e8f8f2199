"""The pages that are there when nothing else is: /healthz/ready, /health and /metrics of a web process."""

import asyncio
import hmac
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from access.api_input import check_host
from access.errors import NotFound
from access.messages import Head
from access.plain_pages import PlainAnswer, plain_pages
from health import heartbeat
from health.checks import READY_CHECKS
from health.examination import FRESH_S, Examiner
from health.metrics import CONTENT_TYPE
from health.pages import Page, health_page, metrics_page, ready_page
from health.registry import checks

LOOP_SECONDS = 1.0
SILENT_SECONDS = 5.0
_LOOPBACK = ("127.0.0.1", "::1")
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


class _Kept:
    """A page that is made at most once a second, however many ask for it at once."""

    def __init__(self, make: Callable[[], Page], pool: ThreadPoolExecutor) -> None:
        self._make = make
        self._pool = pool
        self._made: asyncio.Future[Page] | None = None
        self._begun_at = 0.0

    async def page(self) -> Page:
        old = time.monotonic() - self._begun_at > FRESH_S
        if self._made is None or (self._made.done() and old):
            self._begun_at = time.monotonic()
            self._made = asyncio.get_running_loop().run_in_executor(self._pool, self._make)
        return await asyncio.shield(self._made)  # one client that goes away takes it from nobody else


class HealthPages:
    """Asked for in the event loop, answered by threads of their own: a hanging database delays no request."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="health-page")
        self._all = Examiner(checks())
        self._ready = Examiner(READY_CHECKS)
        self._health_page = _Kept(lambda: health_page(self._all), self._pool)
        self._ready_page = _Kept(lambda: ready_page(self._ready), self._pool)
        self._metrics_page = _Kept(lambda: metrics_page(self._all), self._pool)

    async def health(self, head: Head) -> PlainAnswer:
        return _json(await self._health_page.page())

    async def ready(self, head: Head) -> PlainAnswer:
        return _json(await self._ready_page.page())

    async def metrics(self, head: Head) -> PlainAnswer:
        if not may_read_metrics(head):
            raise NotFound
        if not settings.METRICS_TOKEN:
            check_host(head)  # or a page of somebody else's, in a browser at this machine, could read them
        page = await self._metrics_page.page()
        return PlainAnswer(page.status, page.body, CONTENT_TYPE)

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
