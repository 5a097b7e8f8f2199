"""Table 10: the trade page in a cold browser, its work under a book that changes, and the time of each page.

Everything runs side by side here: servers, web process, engine and Chromium.
"""

import shutil
import time
from contextlib import ExitStack
from statistics import median

import httpx
import psycopg
import uvloop
from playwright.sync_api import Browser, sync_playwright
from rich.table import Table

from bench.core.alone import SYMBOL
from bench.house import TEMPLATE, Wrong, environment, free_port, python, running, service
from bench.http_load import wait_until_served
from bench.pages.looking import CHANGES_A_SECOND, look, work
from bench.path.stage import STAGE_COMMANDS
from bench.report import Run, console
from config.embedded.servers import Servers
from config.embedded.temporary import temporary_servers

PATHS = ("/", f"/trade/{SYMBOL}", "/vaults", "/oracle", "/reserves", "/status", "/login", "/signup")
ASKED = 40  # times each
AIM_BYTES = 300_000


def show(run: Run) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        console.print("no pages: there is no chromium here")
        return
    with temporary_servers("ballast-bench-") as servers, ExitStack() as stack:
        env = environment(servers, TEMPLATE)
        python(env, "manage.py", "migrate", "--verbosity", "0")
        python(env, "-m", "bench.path.stage")
        port = free_port()
        for name in ("engine", "web"):
            stack.enter_context(running(service(name, port), env))
        uvloop.run(wait_until_served(port))
        _await_stage(servers)
        url = f"http://127.0.0.1:{port}"
        _server_times(url)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        _looks(browser, f"{url}/trade/{SYMBOL}", run.runs)
        browser.close()


def _await_stage(servers: Servers) -> None:
    """Until the engine has made the market."""
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        for _ in range(600):
            row = connection.execute("SELECT sequence FROM exchange_shard WHERE number = 0").fetchone()
            if row is not None and row[0] >= STAGE_COMMANDS:
                return
            time.sleep(0.1)
    raise Wrong("the engine did not take the stage")


def _server_times(url: str) -> None:
    table = Table("server time of a page", "p50", "longest", "bytes")
    with httpx.Client(base_url=url, headers={"Accept-Encoding": "gzip"}, timeout=30) as client:
        for path in PATHS:
            client.get(path)  # the first compiles the template
            answers = [client.get(path) for _ in range(ASKED)]
            if any(answer.status_code != 200 for answer in answers):
                raise Wrong(f"{path} answered {answers[0].status_code}")
            took_ms = sorted(answer.elapsed.total_seconds() * 1000 for answer in answers)
            size = answers[0].headers.get("Content-Length", "?")
            table.add_row(path, f"{took_ms[ASKED // 2]:.1f} ms", f"{took_ms[-1]:.1f} ms", size)
    console.print(table)


def _looks(browser: Browser, url: str, runs: int) -> None:
    looks = [look(browser, url) for _ in range(runs)]
    table = Table("trade page, cold", "median", "range")
    for name, values in (
        ("first contentful paint", [one.painted_ms for one in looks]),
        ("ready to be used", [one.usable_ms for one in looks]),
        ("book live", [one.live_ms for one in looks]),
    ):
        table.add_row(name, f"{median(values):.0f} ms", f"{min(values):.0f} .. {max(values):.0f} ms")
    weight = max(one.bytes for one in looks)
    table.add_row("over the wire", f"{weight / 1000:.0f} kB", f"{looks[0].requests} requests")
    console.print(table)
    verdict = "within" if weight < AIM_BYTES else "over"
    console.print(f"weight is {verdict} the aim of {AIM_BYTES // 1000} kB")
    worked = [work(browser, url, SYMBOL) for _ in range(runs)]
    table = Table(f"main thread, book changes {CHANGES_A_SECOND} times a second", "median", "range")
    for name, values in (
        ("busy, ms a second", [one.busy_ms for one in worked]),
        ("of it script", [one.script_ms for one in worked]),
        ("of it style and layout", [one.layout_ms for one in worked]),
        ("times drawn a second", [one.drawn for one in worked]),
        ("longest task over 50 ms", [one.longest_ms for one in worked]),
    ):
        table.add_row(name, f"{median(values):.1f}", f"{min(values):.1f} .. {max(values):.1f}")
    console.print(table)
