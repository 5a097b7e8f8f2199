"""The bots and all processes around them are killed: the market lives again, and no order is lost.

What rests of the maker is what it knows of: each price once, and nothing when it has left.
"""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.children import ChildProcess, tail
from tests.faults.house import House
from tests.platform.processes import service
from tests.support.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.long

LEVELS = 20
ALIVE_S = 30.0 * PATIENCE  # of which a process takes seconds to start
SWITCH_S = 20.0 * PATIENCE
PRICES = "time_ms,price\n0,60000\n5000,60040\n10000,59980\n15000,60010\n20000,60000\n"


@pytest.fixture(scope="module")
def _bots(_house: House) -> Iterator[ChildProcess]:
    """One process for all tests, which at the end takes everything with it."""
    _house.make_whole()
    for name in ("alice", "bob"):
        assert _house.trader(name).call("DELETE", "/api/v1/orders").status == 200
    prices = _house.folder / "bots.csv"
    prices.write_text(PRICES)
    env = {**_house.env, "BALLAST_BOTS": "1", "BALLAST_BOTS_SOURCE": f"recorded:{prices}"}
    child = service("bots", _house.folder, env)
    child.start()
    try:
        await_life(_house, child)
        yield child
        child.terminate()
        wait_for("the bots to leave", lambda: child.poll() is not None)
        assert child.poll() == 0, tail(child.log, 30)
        assert resting(_house) == []
        assert "Traceback" not in child.log.read_text(), tail(child.log, 60)
    finally:
        child.kill()
        _house.trader("maker").call("DELETE", "/api/v1/orders")


@pytest.fixture
def bots(house: House, _bots: ChildProcess) -> Iterator[ChildProcess]:
    yield _bots
    await_life(house, _bots)
    assert_nothing_doubled(house)
    assert own_trades(house) == 0


def resting(house: House) -> list[dict[str, Any]]:
    answer = house.trader("maker").call("GET", "/api/v1/orders?status=open&limit=200")
    orders: list[dict[str, Any]] = answer.body["orders"]
    return orders


def assert_nothing_doubled(house: House) -> None:
    """A moment of its work may show a price twice; nothing stays so."""

    def each_once() -> bool:
        places = [(order["side"], order["price"]) for order in resting(house)]
        return len(set(places)) == len(places) <= 2 * LEVELS

    wait_for("each price once", each_once)


def own_trades(house: House) -> int:
    """Trades in which an account met itself."""
    statement = """
        SELECT count(*) FROM exchange_trade AS t
          JOIN exchange_order AS m ON m.id = t.maker_order_id
          JOIN exchange_order AS k ON k.id = t.taker_order_id
         WHERE m.account_id = k.account_id AND m.client_order_id LIKE 'maker-%%'"""
    return int(house.query(statement)[0][0])


def trades_of_bots(house: House) -> int:
    statement = (
        "SELECT count(*) FROM exchange_order WHERE client_order_id LIKE 'taker-%%' AND filled_lots > 0"
    )
    return int(house.query(statement)[0][0])


def await_life(house: House, child: ChildProcess) -> None:
    """Until a whole book stands and somebody trades in it."""
    before = trades_of_bots(house)

    def lives() -> bool:
        assert child.poll() is None, tail(child.log, 30)
        answer = house.trader("alice").try_call("GET", "/api/v1/markets/BTC-USDB/book")
        if answer is None or answer.status != 200:
            return False
        bids, asks = answer.body["bids"], answer.body["asks"]
        if min(len(bids), len(asks)) < LEVELS - 5:
            return False
        assert float(bids[0][0]) < float(asks[0][0])
        return trades_of_bots(house) > before

    wait_for(f"life in the market:\n{tail(child.log, 10)}", lives, seconds=ALIVE_S)


def kill_bots(house: House, bots: ChildProcess) -> None:
    bots.kill()
    bots.start()


def kill_engine(house: House, bots: ChildProcess) -> None:
    house.start_engine()
    house.await_connections(2)
    house.kill(house.leader())


def kill_web(house: House, bots: ChildProcess) -> None:
    house.web.kill()
    house.start_web()


def crash_postgres(house: House, bots: ChildProcess) -> None:
    postgres = house.servers.postgres
    os.kill(postgres.pid, signal.SIGQUIT)
    wait_for("PostgreSQL to end", lambda: postgres.poll() is not None)
    postgres.start()


def kill_redis(house: House, bots: ChildProcess) -> None:
    valkey = house.servers.valkey
    os.kill(valkey.pid, signal.SIGKILL)
    wait_for("Valkey to end", lambda: valkey.poll() is not None)
    valkey.start()


@pytest.mark.parametrize("fault", [kill_bots, kill_engine, kill_web, crash_postgres, kill_redis])
def test_the_market_lives_again_and_no_order_is_lost(
    house: House, bots: ChildProcess, fault: Callable[[House, ChildProcess], None]
) -> None:
    fault(house, bots)


def test_what_dead_bots_leave_the_switch_takes(house: House, bots: ChildProcess) -> None:
    bots.kill()
    assert resting(house)
    wait_for("the switch", lambda: not resting(house), seconds=SWITCH_S)
    bots.start()
