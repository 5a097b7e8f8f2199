"""The whole product in its own processes, with servers of its own that a test may kill."""

import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.children import ChildProcess, tail
from config.embedded.servers import Servers
from config.machine import answers
from exchange.demo_keys import keys_file, read_demo_keys
from tests.faults.load import Load, Record
from tests.faults.trader import Trader, limit_order
from tests.platform.processes import environment, free_port, service
from tests.support.waiting import RESUME_S, pause, wait_for


class ShardRow(NamedTuple):
    epoch: int
    holder: str
    sequence: int
    stream_generation: str
    stream_id: str


class House:
    """Web, engines, PostgreSQL and Valkey. `record` keeps what clients were told in the whole session."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        self.port = free_port()
        self.record = Record()
        self.engines: list[ChildProcess] = []
        self._started = 0
        self._loads = 0
        self.env = environment(
            PORT=str(self.port),
            DATABASE_URL=servers.database_url,
            REDIS_URL=servers.redis_url,
            BALLAST_STATE_DIR=str(folder),
            SECRET_KEY=secrets.token_hex(32),
        )
        self.web = service("web", folder, self.env)

    # Its processes.

    def manage(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"

    def start_web(self) -> None:
        self.web.start()
        wait_for("the web process", lambda: answers("127.0.0.1", self.port))

    def start_engine(self, fault: str = "", redis_url: str = "") -> ChildProcess:
        """A new engine process; `fault` names the point at which it ends itself."""
        self._started += 1
        env = {**self.env, "BALLAST_FAULT": fault}
        if redis_url:
            env["REDIS_URL"] = redis_url
        engine = service("engine", self.folder, env, f"engine{self._started}")
        engine.start()
        self.engines.append(engine)
        return engine

    def await_engine(self, engine: ChildProcess) -> None:
        """Until this process leads and takes commands."""
        suffix = f":{engine.pid}:"

        def leads() -> bool:
            assert engine.poll() is None, f"{engine.name} ended:\n{tail(engine.log, 30)}"
            return suffix in self.shard().holder and self.takes_commands()

        wait_for(f"{engine.name} to lead", leads)

    def hand_over(self, engine: ChildProcess) -> None:
        """Let the leader leave in peace, so that this process leads at once."""
        self.await_connections(len(self.engines))
        leader = self.leader()
        leader.terminate()
        wait_for("the leader to leave", lambda: leader.poll() is not None)
        assert leader.poll() == 0, tail(leader.log, 30)
        self.engines.remove(leader)
        self.await_engine(engine)

    def await_connections(self, number: int) -> None:
        """Until so many engines have come as far as the database."""
        statement = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ballast engine'"
        wait_for(f"{number} engines", lambda: self.query(statement)[0][0] >= number)

    def kill(self, engine: ChildProcess) -> None:
        """With -9; it is gone when this returns."""
        engine.kill()
        assert engine.poll() == -signal.SIGKILL
        self.engines.remove(engine)

    def await_death(self, engine: ChildProcess) -> None:
        """Until it has killed itself at its fault point."""
        wait_for(f"{engine.name} to die", lambda: engine.poll() is not None)
        assert engine.poll() == -signal.SIGKILL, tail(engine.log, 30)
        self.engines.remove(engine)

    def leader(self) -> ChildProcess:
        holder = self.shard().holder
        return next(engine for engine in self.engines if f":{engine.pid}:" in holder)

    def make_whole(self) -> None:
        """Whatever a test has left: one engine that leads, one web process that answers."""
        for server in self.servers.all:
            if server.poll() is not None:
                server.start()
        for engine in [engine for engine in self.engines[1:] if engine.poll() is None]:
            self.kill(engine)
        self.engines = [engine for engine in self.engines if engine.poll() is None]
        if not self.engines:
            self.start_engine()
        if self.web.poll() is not None:
            self.start_web()
        self.await_engine(self.engines[0])

    def stop(self) -> None:
        for child in [*self.engines, self.web]:
            child.kill()

    # What it stores.

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.servers.database_url, autocommit=True, application_name="ballast test")

    def query(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(statement, parameters).fetchall()

    def redis(self) -> "Redis":
        return Redis.from_url(self.servers.redis_url, retry=Retry(NoBackoff(), 0), socket_timeout=10)

    def shard(self) -> ShardRow:
        columns = ", ".join(ShardRow._fields)
        return ShardRow(*self.query(f"SELECT {columns} FROM exchange_shard WHERE number = 0")[0])

    def takes_commands(self) -> bool:
        with self.redis() as redis:
            return bool(redis.exists("engine:0:alive"))

    # Its customers.

    def trader(self, name: str) -> Trader:
        return Trader(name, read_demo_keys(keys_file(self.folder))[name], self.port)

    def load(self) -> Load:
        """Four clients of two users, who have cleared the book of what they had in it."""
        self._loads += 1
        for name in ("alice", "bob"):
            cleared = self.trader(name).call("DELETE", "/api/v1/orders")
            assert cleared.status == 200, cleared
        traders = [self.trader(name) for name in ("alice", "bob", "alice", "bob")]
        return Load(traders, self.record, f"load{self._loads}-{secrets.token_hex(2)}-")

    def assert_resumes(self, since: float | None = None) -> None:
        """A new signed order is acknowledged within the promised time after the fault has ended (`since`)."""
        began = time.monotonic() if since is None else since
        trader, order = self.trader("alice"), limit_order(f"resume-{secrets.token_hex(6)}", "BUY", "40000")
        while True:
            answer = trader.try_call("POST", "/api/v1/orders", order)
            if answer is not None and answer.status == 200:
                break
            assert answer is None or answer.status in (408, 503, 504), answer
            assert time.monotonic() - began < RESUME_S, f"no order is taken: {answer}"
            pause(0.05)
        took = time.monotonic() - began
        assert took < RESUME_S, f"the first order was acknowledged after {took:.1f} s"
        self.record.place(str(order["client_order_id"]), answer.body)
        trader.hang_up()
