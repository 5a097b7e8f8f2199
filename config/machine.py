"""The whole exchange on one machine: servers where no URL names one, the release step, every process.

Everything runs as a child of this process, by the same lines as on a platform; only the environment differs.
"""

import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.children import ChildProcess, put_aside, tail
from config.demo_custody import demo_custody, kept_secret, signer_environments, wanted
from config.deploy_settings import DEMO_SOURCES
from config.embedded.servers import Servers, start_servers
from config.embedded.state import hold_lock, make_state_dir
from config.keeper import Keeper, Ward
from config.processes import BOTS, RELEASE, SERVICES, Process, count_of
from config.running import tell_nothing, tell_others
from config.supervisor import Ended, Restarted, stop_all
from logs.lines import PLAIN

_URLS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}
_SEED = Process(
    "seed_demo", "env BALLAST_PROCESS=seed_demo python manage.py seed_demo", "demo users and their keys"
)
_CUSTOMER = "bots"
_READY_SECONDS = 60.0
_PAUSE_SECONDS = 0.05


class StartError(Exception):
    """The machine cannot start; the message says why and what to do."""


class Stopped(Exception):
    """A stop was asked for during the start."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for."""

    base_dir: Path
    state_dir: Path
    host: str
    port: int
    demo: bool
    environment: Mapping[str, str]


@dataclass(slots=True)
class Machine:
    wish: Wish
    tell: Callable[[Ended | Restarted], None]
    stopping: Callable[[], bool]
    servers: Servers | None = None
    services: list[ChildProcess] = field(default_factory=list)
    demo_output: str = ""
    _lock: IO[str] | None = None
    _keeper: Keeper | None = None

    @property
    def logs(self) -> Path:
        return self.wish.state_dir / "logs"

    def start(self) -> None:
        """Returns when the web process answers. Whatever it raises, call `stop` afterwards."""
        refuse_taken_port(self.wish.host, self.wish.port)
        self._prepare_folders()
        missing = [server for variable, server in _URLS.items() if not self.wish.environment.get(variable)]
        if missing:
            self.servers = start_servers(self.wish.state_dir, only=missing)
        env = self._environment(missing)
        tell_others(self.wish.state_dir, env)
        self._run_to_end(RELEASE, env)
        own = signer_environments(self.wish.state_dir, env) if self.wish.demo else {}
        kept = [
            (process, self._child(process, own.get(process.name, env), number))
            for process in SERVICES
            for number in range(self._count(process, env))
        ]
        self.services = [child for _, child in kept]
        wards = [Ward(child, process.name, process.beats) for process, child in kept]
        self._keeper = Keeper(
            [*self._own_servers(missing), *wards],
            redis_url=env["REDIS_URL"],
            tell=self.tell,
            clock=time.monotonic,
        )
        self._keeper.start()
        if self.wish.demo:
            self.demo_output = self._run_to_end(_SEED, env)
            (self.logs / f"{_SEED.name}.log").unlink(missing_ok=True)  # it has keys, for the screen alone
        self._await_web()

    def run_once(self) -> bool:
        assert self._keeper is not None, "start() comes first"
        servers = [] if self.servers is None else self.servers.all
        for log in [*(service.log for service in self.services), *(server.log for server in servers)]:
            put_aside(log)
        return self._keeper.run_once()

    def stop(self) -> None:
        """Customers first, while somebody takes their quotes away; the servers that all talk to last."""
        if self._keeper is not None:
            self._keeper.close()
        stop_all([service for service in self.services if service.name == _CUSTOMER])
        stop_all(self.services)
        if self._lock is not None:
            tell_nothing(self.wish.state_dir)
        if self.servers is not None:
            self.servers.stop()
        if self._lock is not None:
            self._lock.close()

    def _own_servers(self, missing: list[str]) -> list[Ward]:
        servers = [] if self.servers is None else self.servers.all
        return [Ward(one, one.name, beats=False) for one in servers if one.name in missing]

    def _prepare_folders(self) -> None:
        make_state_dir(self.wish.state_dir)
        self._lock = hold_lock(self.wish.state_dir)
        self.logs.mkdir(exist_ok=True)
        self.logs.chmod(0o700)  # who trades, from where

    def _environment(self, missing: list[str]) -> dict[str, str]:
        mine = {
            "PATH": f"{Path(sys.executable).parent}:{self.wish.environment.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "BALLAST_LOG_FORMAT": self.wish.environment.get("BALLAST_LOG_FORMAT") or PLAIN,
            "BALLAST_HOST": self.wish.host,
            "PORT": str(self.wish.port),
            "BALLAST_STATE_DIR": str(self.wish.state_dir),
            "BALLAST_DEMO": "1" if self.wish.demo else "0",
            "SECRET_KEY": self.wish.environment.get("SECRET_KEY")
            or kept_secret(self.wish.state_dir / "secret_key"),
        }
        if self.wish.demo and not self.wish.environment.get("BALLAST_ORACLE_SOURCES"):
            mine["BALLAST_ORACLE_SOURCES"] = DEMO_SOURCES
        if self.wish.demo and self.servers is not None and not self.wish.environment.get(BOTS):
            # A market that is alive; beside servers that somebody named only where he says so.
            mine[BOTS] = "1"
        if self.servers is not None:
            own = {"postgres": self.servers.database_url, "valkey": self.servers.redis_url}
            mine |= {variable: own[server] for variable, server in _URLS.items() if server in missing}
        if wanted(self.wish.environment, demo=self.wish.demo, own_servers=self.servers is not None):
            mine |= demo_custody(self.wish.state_dir, self.wish.environment)
        return {**self.wish.environment, **mine}

    def _count(self, process: Process, env: Mapping[str, str]) -> int:
        try:
            return count_of(process, env)
        except ValueError as error:
            raise StartError(str(error)) from None

    def _child(self, process: Process, env: Mapping[str, str], number: int = 0) -> ChildProcess:
        name = f"{process.name}{number + 1}" if number else process.name
        log = self.logs / f"{name}.log"
        return ChildProcess(name, process.command, log=log, env=env, cwd=self.wish.base_dir)

    def _run_to_end(self, process: Process, env: Mapping[str, str]) -> str:
        """Run a step and give what it printed."""
        child = self._child(process, env)
        child.log.unlink(missing_ok=True)
        child.start()
        try:
            while (exit_code := child.poll()) is None:
                self._pause()
        finally:
            child.kill()
        if exit_code != 0:
            raise StartError(f"{process.command} failed (exit {exit_code}):\n{tail(child.log, 30)}")
        return child.log.read_text()

    def _await_web(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not answers(self.wish.host, self.wish.port):
            if time.monotonic() > deadline:
                raise StartError(f"the web process does not answer:\n{tail(self.logs / 'web.log', 30)}")
            self._pause()

    def _pause(self) -> None:
        if self.stopping():
            raise Stopped
        if self._keeper is not None:
            self._keeper.run_once()
        time.sleep(_PAUSE_SECONDS)


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise StartError(f"{port} is no port; they go up to 65535") from None
        except OSError as error:
            raise StartError(
                f"port {port} cannot be used ({error.strerror}); try --port {port + 1}"
            ) from None


def answers(host: str, port: int) -> bool:
    """Whether an HTTP server speaks on the port, whatever it says."""
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=2)  # noqa: S104
    try:
        connection.request("GET", "/healthz/live")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
