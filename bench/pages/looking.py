"""One look at the trade page with a browser of its own: when something is seen, when it can be used,
its weight, and what its main thread does while the book changes."""

import time
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page

from bench.pages.feed import Feed

CHANGES_A_SECOND = 50
LOOKED_S = 10.0
_PATIENCE_MS = 60_000
_MARKS = """() => Object.fromEntries(performance.getEntries()
  .filter((entry) => ['first-contentful-paint', 'trade-ready', 'trade-live'].includes(entry.name))
  .map((entry) => [entry.name, entry.startTime]))"""


class Look(NamedTuple):
    """Milliseconds since the request until the first contentful paint, until each part can be used, until the
    book is live; bytes over the wire and requests."""

    painted_ms: float
    usable_ms: float
    live_ms: float
    bytes: int
    requests: int


class Work(NamedTuple):
    """Of the main thread, in milliseconds a second; and how often the page drew the book in a second."""

    busy_ms: float
    script_ms: float
    layout_ms: float
    drawn: float
    longest_ms: float


def look(browser: Browser, url: str) -> Look:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        got = _weighed(context.new_cdp_session(page))
        page.goto(url, timeout=_PATIENCE_MS)
        _await_live(page)
        marks = page.evaluate(_MARKS)
        painted, ready = marks["first-contentful-paint"], marks["trade-ready"]
        return Look(painted, ready, marks["trade-live"], sum(got), len(got))
    finally:
        context.close()


def work(browser: Browser, url: str, symbol: str) -> Work:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        feed = Feed(symbol)
        feed.take(page)
        page.goto(url, timeout=_PATIENCE_MS)
        _await_live(page)
        return _measured(page, context.new_cdp_session(page), feed)
    finally:
        context.close()


def _await_live(page: Page) -> None:
    page.wait_for_selector('[data-link][data-state="live"]', timeout=_PATIENCE_MS)
    page.wait_for_selector("[data-bids] tr, [data-asks] tr", state="attached", timeout=_PATIENCE_MS)


def _weighed(session: CDPSession) -> list[int]:
    """Bytes of each answer as they came over the wire, its head included."""
    got: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: got.append(int(event["encodedDataLength"])))
    return got


def _measured(page: Page, session: CDPSession, feed: Feed) -> Work:
    session.send("Performance.enable")
    page.evaluate(_COUNT)
    before, began = _figures(session), time.monotonic()
    sent = feed.sent
    while (elapsed := time.monotonic() - began) < LOOKED_S:
        due = int(elapsed * CHANGES_A_SECOND) - (feed.sent - sent)
        for _ in range(due):
            feed.change()
        page.wait_for_timeout(5)
    after, seconds = _figures(session), time.monotonic() - began
    drawn, longest_ms = page.evaluate("[window.drawn, window.longest]")
    spent = {name: (after[name] - before[name]) * 1000 / seconds for name in before}
    layout_ms = spent["LayoutDuration"] + spent["RecalcStyleDuration"]
    return Work(spent["TaskDuration"], spent["ScriptDuration"], layout_ms, drawn / seconds, longest_ms)


# A turn of drawing changes many rows and is one batch of the observer.
_COUNT = """() => {
  window.drawn = 0;
  window.longest = 0;
  new MutationObserver(() => { window.drawn += 1; }).observe(document.querySelector('#book'),
    {subtree: true, childList: true, characterData: true});
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
  }).observe({entryTypes: ['longtask']});
}"""


def _figures(session: CDPSession) -> dict[str, float]:
    answer: Any = session.send("Performance.getMetrics")
    wanted = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    return {one["name"]: float(one["value"]) for one in answer["metrics"] if one["name"] in wanted}
