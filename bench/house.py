"""What the measurements share: our processes, on servers of their own, and copies of a prepared database."""

import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from redis import Redis

from config.children import spawn
from config.embedded.servers import Servers
from config.processes import SERVICES

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "ballast"  # the database that embedded servers make


class Wrong(Exception):
    """A run was fast but not right."""


def machine() -> list[str]:
    """What the figures were taken on, in two lines."""
    uname = os.uname()
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return [
        f"{uname.sysname} {uname.release}, {os.cpu_count()} CPUs, {cpu[1] if cpu else 'CPU ?'}",
        f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}",
    ]


def environment(servers: Servers, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(servers, database),
        "REDIS_URL": servers.redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BALLAST_DEMO": "1",
        "SECRET_KEY": "only for a benchmark",
        "LOG_LEVEL": "WARNING",
        "PYTHONHASHSEED": "0",
    }


def database_url(servers: Servers, database: str) -> str:
    return urlsplit(servers.database_url)._replace(path=f"/{database}").geturl()


@contextmanager
def copied_database(servers: Servers) -> Iterator[dict[str, str]]:
    """The environment of a fresh copy of the template and of an empty Redis."""
    name = f"run_{secrets.token_hex(4)}"
    with psycopg.connect(database_url(servers, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        connection.execute("CHECKPOINT")
        Redis.from_url(servers.redis_url).flushall()
        try:
            yield environment(servers, name)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def python(env: Mapping[str, str], *arguments: str, interpreter: Path = Path(sys.executable)) -> str:
    """What a Python process of ours prints. Raises Wrong where it fails."""
    command = [str(interpreter), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"{' '.join(arguments)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def service(name: str, port: int) -> list[str]:
    """The command of a process of the table, as its words."""
    command = {process.name: process.command for process in SERVICES}[name]
    expanded = command.replace("${BALLAST_HOST:-0.0.0.0}", "127.0.0.1").replace("$PORT", str(port))
    words = [word for word in shlex.split(expanded) if word != "env" and "BALLAST_PROCESS=" not in word]
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]


@contextmanager
def running(command: list[str], env: Mapping[str, str]) -> Iterator[int]:
    """A process for as long as the block lasts; gives its number."""
    log = Path(os.environ.get("BENCH_LOG", os.devnull))
    process = spawn(command, log=log, dies_with=signal.SIGKILL, cwd=ROOT, env=env)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
