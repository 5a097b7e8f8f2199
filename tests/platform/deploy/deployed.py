"""A deployed house: the Procfile's lines as written, run by a shell as platforms do, set as operators do.

Nothing of the tests' own environment reaches it. Each process is as a container of its own.
"""

import json
import os
import secrets
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from config.children import spawn, tail
from config.machine import answers
from tests.platform.deploy.router import Router
from tests.platform.deploy.servers import Sold
from tests.platform.deploy.wires import Wires, self_signed
from tests.platform.processes import free_port
from tests.support.waiting import PATIENCE, wait_for

GRACE_SECONDS = 10.0 * PATIENCE  # the shortest that docs/deploy.md tells platforms to give
_KINDS = ("binance", "coinbase", "kraken", "bitstamp", "okx", "bitfinex", "pyth")
NOT_KEPT = "not-kept"
_NOWHERE = "https://127.0.0.1:9"  # real sources, of which none answers


def procfile() -> dict[str, str]:
    lines = (settings.BASE_DIR / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def shell(folder: Path) -> dict[str, str]:
    """What a container has before an operator sets anything."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    by_heroku = {"PYTHONUNBUFFERED": "1", "WEB_CONCURRENCY": "2"}
    return {**kept, **by_heroku, "PATH": path, "HOME": str(folder / "home")}


def production(servers: Mapping[str, str], site: str) -> dict[str, str]:
    """What docs/deploy.md has an operator set, with plenty of room for a crowd from one address."""
    return {
        **servers,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "BALLAST_ENCRYPTION_KEY": secrets.token_urlsafe(48),
        "BALLAST_METRICS_TOKEN": secrets.token_urlsafe(48),
        "BALLAST_SITE_URL": site,
        "BALLAST_HTTPS": "1",
        "BALLAST_TRUSTED_PROXY_HOPS": "1",
        "BALLAST_KEEP_ALIVE_SECONDS": "100",
        "BALLAST_POOL_CONNECTIONS": "2",
        "BALLAST_WEB_THREADS": "3",
        "BALLAST_ACCEPT": "W005,W050",
        "BALLAST_ORACLE_ADDRESSES": ",".join(f"{kind}={_NOWHERE}" for kind in _KINDS),
        **{f"BALLAST_RATE_{kind}": "100000:1000000" for kind in ("KEY", "USER", "IP")},
    }


def one_click(servers: Mapping[str, str], site: str) -> dict[str, str]:
    """What Heroku sets of app.json where nobody changes anything, but for names that lead to this machine."""
    variables = json.loads((settings.BASE_DIR / "app.json").read_text())["env"]
    set_by = {name: secrets.token_hex(32) for name, one in variables.items() if "generator" in one}
    set_by |= {name: one["value"] for name, one in variables.items() if "value" in one}
    urls = {name: servers[name] for name in ("DATABASE_URL", "REDIS_URL")}
    return {**set_by, **urls, "ALLOWED_HOSTS": "localhost"}


class Line:
    """One line of the Procfile at work. `stop` ends it as the platform does."""

    def __init__(self, name: str, env: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        words = ["bash", "-c", procfile()[name]]
        self._process = spawn(words, log=log, dies_with=signal.SIGKILL, cwd=settings.BASE_DIR, env=env)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float) -> int:
        return self._process.wait(seconds)

    def end_group(self) -> None:
        """SIGTERM for every process of the container, as Heroku does."""
        for pid in _family(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def end_first(self) -> None:
        """SIGTERM for the first process of the container, as docker and Railway do."""
        self._process.terminate()

    def await_end(self) -> None:
        """In peace, within the grace that platforms give."""
        began = time.monotonic()
        try:
            code = self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} does not end:\n{tail(self.log, 40)}") from None
        assert code in (0, -signal.SIGTERM), f"{self.name} ended with {code}:\n{tail(self.log, 40)}"
        assert time.monotonic() - began < GRACE_SECONDS

    def kill(self) -> None:
        if self.is_running:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)


class Deployed:
    def __init__(
        self,
        sold: Sold,
        *,
        over_tls: bool,
        told: Callable[[Mapping[str, str], str], dict[str, str]] = production,
    ) -> None:
        self.sold = sold
        self.over_tls = over_tls
        self.folder = sold.folder
        self.wires = Wires()
        self.router = Router()
        self.certificate, context = _certificate(self.folder, "localhost")
        self.port = self.wires.listen(self.router.serve, context)
        self.url = f"https://localhost:{self.port}"
        self.lines: list[Line] = []
        self._ports: dict[Line, int] = {}
        self.env = shell(self.folder) | told(self._servers(over_tls), self.url)
        self.env["BALLAST_STATE_DIR"] = str(self.folder / NOT_KEPT)

    def _servers(self, over_tls: bool) -> dict[str, str]:
        postgres, valkey = self.sold.postgres, self.sold.valkey
        if not over_tls:
            return {
                "DATABASE_URL": postgres.url_at(postgres.port),
                "REDIS_URL": valkey.url_at(valkey.port, "redis"),
            }
        _, context = _certificate(self.folder, "servers")
        return {
            "DATABASE_URL": postgres.url_at(self.wires.postgres(context, postgres.port)),
            "REDIS_URL": valkey.url_at(self.wires.redis(context, valkey.port), "rediss"),
            "BALLAST_DATABASE_SSLMODE": "require",
            "BALLAST_REDIS_VERIFY": "0",
        }

    def release(self, **other: str) -> tuple[int, str]:
        """The release line; its exit code and what it said."""
        log = self.folder / f"release-{secrets.token_hex(3)}.log"
        line = Line("release", {**self.env, **other}, log)
        try:
            return line.wait(180 * PATIENCE), log.read_text()
        finally:
            line.kill()

    def manage(self, *words: str, **other: str) -> str:
        """`manage.py` in a container of its own, as `heroku run`."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env={**self.env, **other},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def start(self, name: str, **other: str) -> Line:
        line = Line(name, {**self.env, **other}, self.folder / f"{name}-{secrets.token_hex(3)}.log")
        self.lines.append(line)
        return line

    def start_web(self) -> Line:
        """A web process to which the router sends requests as soon as the platform's check is content."""
        port = free_port()
        line = self.start("web", PORT=str(port))

        def is_live() -> bool:
            assert line.is_running, tail(line.log, 40)
            return answers("127.0.0.1", port)

        wait_for("the web process", is_live)
        self._ports[line] = port
        self.router.targets.append(port)
        return line

    def end(self, line: Line, way: Callable[[Line], None] = Line.end_first) -> None:
        """A web process gets no new connection first."""
        if line in self._ports:
            self.router.targets.remove(self._ports.pop(line))
        way(line)
        line.await_end()
        self.lines.remove(line)

    def running(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def stop(self) -> None:
        for line in self.lines:
            line.kill()
        self.wires.close()


def _family(first: int) -> list[int]:
    """A process and all that it started, directly or not."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [first]
    for one in found:  # grows while it is read
        found += [pid for pid, parent in parents.items() if parent == one]
    return found


def _certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    from_where = folder / "certificates"
    from_where.mkdir(exist_ok=True)
    return self_signed(from_where, name)
