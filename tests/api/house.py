"""A running house for the tests of the API: one web process and one engine over servers of their own.

The processes are those of the process table. Tests commit what they make, each with users of its own, and
nothing is truncated between them.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import redis
from django.test import override_settings

from config.children import ChildProcess, tail
from config.embedded.servers import Servers, start_servers
from exchange.connections import engine_connection
from exchange.queue import alive_key
from exchange.services.markets import open_market
from exchange.verification import verify_journal
from ledger.selectors import identity_violations
from ledger.services import open_asset, seed_assets
from tests.custody.support.house import know_keys
from tests.platform.processes import environment, free_port, service, state_folder
from tests.support.databases import own_database
from tests.support.waiting import until

MARKET = "BTC-USDB"
SMALL_MARKET = "ETH-BTC"  # at most three open orders, notional 0.001 to 1 BTC; nothing trades in it
FREE_MARKET = "DOT-USDB"  # no fees, lots of one atom, whole prices
ATOMS = 10**8
_CUSTODY = {"CUSTODY": True, "BITCOIN_NETWORK": "regtest", "SIGNERS": {}, "COLD_KEY": ""}
_NOBODY = "http://127.0.0.1:9"  # the web process asks neither node nor signers
_CUSTODY_ENV = {
    "BALLAST_CUSTODY": "1",
    "BALLAST_BITCOIN_NETWORK": "regtest",
    "BALLAST_CHAIN": f"core+{_NOBODY}",
    "BALLAST_SIGNER_HOT": _NOBODY,
    "BALLAST_SIGNER_HOT_SECRET": "x" * 32,
}
HELD_MS = 60_000  # for so long an engine that is held counts as alive; its own time is too short to rely on


@dataclass(frozen=True, slots=True)
class House:
    """`url` of the web process. The engine may be stopped and continued; nobody else uses the servers."""

    url: str
    web: ChildProcess
    engine: ChildProcess
    servers: Servers
    env: dict[str, str]
    folder: Path

    @contextmanager
    def engine_held(self) -> Iterator[None]:
        """The engine does not move meanwhile, and still counts as alive: commands are accepted."""
        os.kill(self.engine.pid, signal.SIGSTOP)
        try:
            with redis.Redis.from_url(self.servers.redis_url) as client:
                client.set(alive_key(0), b"1", px=HELD_MS)
            yield
        finally:
            self.let_engine_go_on()

    def let_engine_go_on(self) -> None:
        os.kill(self.engine.pid, signal.SIGCONT)

    @contextmanager
    def engine_gone(self) -> Iterator[None]:
        """As if the engine had been silent for longer than its alive time: nothing is accepted meanwhile."""
        with self.engine_held(), redis.Redis.from_url(self.servers.redis_url) as client:
            client.delete(alive_key(0))
            yield
        self.await_engine()

    def await_engine(self) -> None:
        with redis.Redis.from_url(self.servers.redis_url) as client:
            until(lambda: bool(client.exists(alive_key(0))), lambda: tail(self.engine.log))

    def check(self) -> None:
        """Whatever the tests did: no money was made or lost, the tables say what the journal says, and no
        process met a bug."""
        assert identity_violations() == []
        with engine_connection() as connection:
            assert verify_journal(connection, 0).problems == []
        for process in (self.web, self.engine):
            assert "Traceback" not in process.log.read_text(), tail(process.log, 60)

    @contextmanager
    def another_web(self, **changes: str) -> Iterator[str]:
        """The URL of a second web process, with other settings."""
        port = free_port()
        with ExitStack() as stack:
            web = started("web", self.folder, {**self.env, "PORT": str(port), **changes}, stack)
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(url, web))
            yield url


def answers(url: str, web: ChildProcess) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/time", timeout=10).is_success
    except httpx.HTTPError:
        assert web.poll() is None, tail(web.log)
        return False


@contextmanager
def running_house() -> Iterator[House]:
    with ExitStack() as stack:
        folder = stack.enter_context(state_folder())
        servers = start_servers(folder, only=["valkey"])
        stack.callback(servers.stop)
        database = stack.enter_context(own_database())
        stack.enter_context(override_settings(REDIS_URL=servers.redis_url, DEMO=True, **_CUSTODY))
        _open_markets()
        know_keys()
        port = free_port()
        database_url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
        env = environment(
            DATABASE_URL=database_url, REDIS_URL=servers.redis_url, PORT=str(port), **_CUSTODY_ENV
        )
        web, engine = (started(name, folder, env, stack) for name in ("web", "engine"))
        house = House(f"http://127.0.0.1:{port}", web, engine, servers, env, folder)
        await_open_markets(house)
        yield house
        house.check()


def started(name: str, folder: Path, env: dict[str, str], stack: ExitStack) -> ChildProcess:
    child = service(name, folder, env)
    child.start()
    stack.callback(child.kill)
    return child


def _open_markets() -> None:
    seed_assets()
    open_asset(code="ETH", name="Ether", decimals=8)
    open_asset(code="DOT", name="Polkadot", decimals=8)
    open_market(symbol=MARKET, price_decimals=2, quantity_decimals=5, min_notional_atoms=ATOMS)
    open_market(
        symbol=SMALL_MARKET,
        price_decimals=5,
        quantity_decimals=3,
        min_notional_atoms=ATOMS // 1000,
        max_notional_atoms=ATOMS,
        max_open_orders=3,
    )
    open_market(symbol=FREE_MARKET, price_decimals=0, quantity_decimals=8, maker_fee_ppm=0, taker_fee_ppm=0)


def await_open_markets(house: House) -> None:
    """Until the web process answers and the engine has created the markets."""

    def are_open() -> bool:
        if not answers(house.url, house.web):
            return False
        return len(httpx.get(f"{house.url}/api/v1/markets", timeout=10).json()["markets"]) == 3

    until(are_open, lambda: tail(house.engine.log) + tail(house.web.log))
