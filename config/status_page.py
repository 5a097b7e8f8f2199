"""`/status`, its live part and `/status.json`: made in a thread, sent by the event loop, whatever is down.

No Django request, session or database stands behind them, so nobody is known there: who looks is asked for by
the page itself.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
from django.conf import settings
from django.template.loader import render_to_string

from access.messages import Head
from access.page_policy import HEADER, PERMISSIONS, STRICT
from access.plain_pages import PlainAnswer
from config.kept_page import Kept
from config.version import version
from dashboard.pages import frame
from dashboard.status.board import board_of
from dashboard.status.brief import brief_of
from health.examination import Examiner
from health.incidents import Incidents
from health.pages import status_content

_HTML = "text/html; charset=utf-8"
_PAGE_HEADERS = (
    (HEADER, STRICT),
    ("Permissions-Policy", PERMISSIONS),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Of one look at the house: the same in four forms."""

    whole: bytes
    brief: bytes
    page: bytes
    board: bytes


class StatusPages:
    def __init__(self, examiner: Examiner, pool: ThreadPoolExecutor) -> None:
        self._examiner = examiner
        self._incidents = Incidents()
        self._version = version(settings.BASE_DIR)
        self._made = Kept(self._make, pool)

    def _make(self) -> Made:
        report = self._examiner.report()
        content = status_content(report, self._incidents)
        content["version"] = self._version
        context = {**frame(), "board": board_of(content)}
        return Made(
            whole=msgspec.json.encode(content),
            brief=msgspec.json.encode(brief_of(content)),
            page=render_to_string("dashboard/status/page.html", context).encode(),
            board=render_to_string("dashboard/status/board.html", context).encode(),
        )

    async def look(self) -> Made:
        return await self._made.page()

    async def json(self, head: Head) -> PlainAnswer:
        """200 also when the house is down: whoever asks wants to read it. `/health` says it by its code."""
        return PlainAnswer(200, (await self.look()).whole)

    async def brief(self, head: Head) -> PlainAnswer:
        return PlainAnswer(200, (await self.look()).brief)

    async def page(self, head: Head) -> PlainAnswer:
        return PlainAnswer(200, (await self.look()).page, _HTML, _PAGE_HEADERS)

    async def board(self, head: Head) -> PlainAnswer:
        return PlainAnswer(200, (await self.look()).board, _HTML, _PAGE_HEADERS)
