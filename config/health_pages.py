"""What is there when nothing else is: /healthz/ready, /health, /metrics and /status of a web process."""

import asyncio
import hmac
import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from access.api_input import check_host
from access.errors import NotFound
from access.messages import Head
from access.plain_pages import PlainAnswer, plain_pages
from config.kept_page import Kept
from config.status_page import StatusPages
from health import heartbeat
from health.alerting.stand_in import StandIn
from health.checks import READY_CHECKS
from health.examination import Examiner
from health.metrics import CONTENT_TYPE
from health.pages import Page, health_page, metrics_page, ready_page
from health.registry import checks

LOOP_SECONDS = 1.0
SILENT_SECONDS = 5.0
WATCH_SECONDS = 10.0  # so often the house is looked at though nobody asks, or nobody would know what happened
logger = logging.getLogger(__name__)
_LOOPBACK = ("127.0.0.1", "::1")
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


class HealthPages:
    """Asked for in the event loop, answered by threads of their own: a hanging database delays no request."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="health-page")
        self._all = Examiner(checks())
        self._ready = Examiner(READY_CHECKS)
        self.status = StatusPages(self._all, self._pool)
        self.stand_in = StandIn(self._all)
        self._health_page = Kept(lambda: health_page(self._all), self._pool)
        self._ready_page = Kept(lambda: ready_page(self._ready), self._pool)
        self._metrics_page = Kept(lambda: metrics_page(self._all), self._pool)

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
    tasks: tuple[asyncio.Task[None], ...] = ()


async def open_health() -> None:
    pages = _Running.pages = HealthPages()
    plain_pages.update(
        {
            "/health": pages.health,
            "/healthz/ready": pages.ready,
            "/metrics": pages.metrics,
            "/status": pages.status.page,
            "/status/board": pages.status.board,
            "/status/brief.json": pages.status.brief,
            "/status.json": pages.status.json,
        }
    )
    heartbeat.start("web", silent_after_s=SILENT_SECONDS)
    _Running.tasks = (
        asyncio.create_task(_turn(), name="loop watch"),
        asyncio.create_task(_watch(pages.status), name="house watch"),
        asyncio.create_task(_stand_in(pages.stand_in), name="alerts"),
    )


async def _turn() -> None:
    """As long as this runs the loop turns, and its requests are served."""
    while True:
        heartbeat.worked()
        await asyncio.sleep(LOOP_SECONDS)


async def _watch(status: StatusPages) -> None:
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await status.look()
        except Exception:
            logger.exception("the house could not be looked at")


async def _stand_in(stand_in: StandIn) -> None:
    """Where tasks do not run, or the database is away, alerts are told from here, by a thread of its own."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="stand-in")
    try:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await asyncio.get_running_loop().run_in_executor(pool, stand_in.look_now)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


async def close_health() -> None:
    for task in _Running.tasks:
        task.cancel()
    if _Running.pages is not None:
        _Running.pages.close()
    heartbeat.stop()
