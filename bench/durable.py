"""The durable path, end to end: queue, an engine's own process, PostgreSQL, committed reply, by batch limit.

One pair of servers in a temporary folder. A database with funded accounts and a full book is made once; each
run gets a copy of it, so that all runs see the same flow in the same state.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from redis import Redis

from bench.order_flow import TARGET, Totals
from config.embedded.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
PREFILL = 2 * TARGET  # by then the book is full
COUNTS = {1: 1_000, 10: 5_000, 100: 20_000, 1_000: 40_000}
LONGEST = PREFILL + max(COUNTS.values())
_TEMPLATE = "ballast"  # the database that embedded servers make


@dataclass(frozen=True, slots=True)
class Measured:
    """`figures` of each run: commands per second (wall clock), CPU microseconds for each command."""

    batch: int
    count: int
    figures: list[dict[str, float]]

    def median(self, name: str) -> float:
        return median(self.all(name))

    def all(self, name: str) -> list[float]:
        return [figures[name] for figures in self.figures]


class Wrong(Exception):
    """A run was fast but not right."""


def measure(servers: Servers, flow: Path, totals: Sequence[Totals], runs: int) -> Iterator[Measured]:
    """By batch limit. Raises Wrong where what was stored is not what the oracle has."""
    _prepare(servers, flow, totals)
    for batch, count in COUNTS.items():
        found = [_run_in_copy(servers, flow, totals, batch, count) for _ in range(runs)]
        yield Measured(batch, count, found)


def _prepare(servers: Servers, flow: Path, totals: Sequence[Totals]) -> None:
    env = _environment(servers, _TEMPLATE)
    _python(env, "manage.py", "migrate", "--verbosity", "0")
    _python(env, "-m", "bench.durable_stage")
    _measured_run(env, flow, totals, start=0, count=PREFILL, batch=1_000)


def _run_in_copy(
    servers: Servers, flow: Path, totals: Sequence[Totals], batch: int, count: int
) -> dict[str, float]:
    name = f"run_{secrets.token_hex(4)}"
    with psycopg.connect(_url(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
        connection.execute("CHECKPOINT")
    Redis.from_url(servers.redis_url).flushall()
    env = _environment(servers, name)
    figures = _measured_run(env, flow, totals, start=PREFILL, count=count, batch=batch)
    with psycopg.connect(_url(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}"')
    return figures


def _measured_run(
    env: Mapping[str, str], flow: Path, totals: Sequence[Totals], *, start: int, count: int, batch: int
) -> dict[str, float]:
    numbers = ("--start", str(start), "--count", str(count), "--batch", str(batch))
    result: dict[str, Any] = json.loads(_python(env, "-m", "bench.durable_run", str(flow), *numbers))
    expected = list(totals[start + count - 1])
    if result["totals"] != expected or result["problems"]:
        raise Wrong(f"batch {batch}: {result['totals']} for {expected}; {result['problems']}")
    figures: dict[str, float] = result["figures"]
    return figures


def _environment(servers: Servers, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": _url(servers, database),
        "REDIS_URL": servers.redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BALLAST_DEMO": "1",
        "SECRET_KEY": "only for a benchmark",
        "LOG_LEVEL": "WARNING",
    }


def _url(servers: Servers, database: str) -> str:
    return urlsplit(servers.database_url)._replace(path=f"/{database}").geturl()


def _python(env: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
