"""Debian's Chromium as a person's browser, and pages that must not complain, nor ask anybody else."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

HOW_TO_GET_IT = "apt-get install -y --no-install-recommends chromium"
PHONE, DESK = 390, 1440
SCREENS = Path(settings.STATE_DIR) / "screens"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_AXE = Path(__file__).parent / "vendor" / "axe.js"
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def launched(playwright: Playwright) -> Browser:
    found = shutil.which("chromium")
    if found is None:
        pytest.fail(f"There is no Chromium here. Install it: {HOW_TO_GET_IT}", pytrace=False)
    return playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)


@dataclass
class Watch:
    """What a page complains of. `allow` names what a test provokes, as a pattern of the complaint."""

    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *patterns: str) -> None:
        self.allowed += patterns

    def settle(self) -> None:
        left = [one for one in self.complaints if not any(re.search(each, one) for each in self.allowed)]
        assert left == []

    def follow(self, page: Page, url: str) -> None:
        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

        def on_request(request: Request) -> None:
            asked = urlsplit(request.url)
            if asked.scheme not in ("data", "blob") and asked.netloc != urlsplit(url).netloc:
                self.complaints.append(f"left the site: {request.url}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", on_request)


@contextmanager
def open_context(
    browser: Browser, url: str, *, width: int, theme: str, cookies: list[dict[str, Any]]
) -> Iterator[BrowserContext]:
    """A browser of its own, as one person has it: cookies, storage, width, theme."""
    height = 844 if width < 600 else 900
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        has_touch=width < 600,
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    context.add_init_script(f"if (!localStorage.getItem('theme')) localStorage.setItem('theme', '{theme}')")
    if cookies:
        context.add_cookies(cookies)  # type: ignore[arg-type]
    try:
        yield context
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA: rule, place, and why."""
    page.evaluate(_AXE.read_text())  # by the debugger: the page's policy stays as it is
    found = page.evaluate(
        "wanted => axe.run(document, {runOnly: wanted, resultTypes: ['violations']})"
        ".then(result => result.violations)",
        _WCAG,
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    assert violations(page) == []


def assert_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def shot(page: Page, name: str) -> Path:
    """A picture of the whole page, for people to look at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
