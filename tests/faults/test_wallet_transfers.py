"""Money on its way between wallets arrives once, whatever happens to the engine and to Redis meanwhile."""

import secrets
import time
from decimal import Decimal

import pytest

from tests.faults.house import House
from tests.faults.trader import Answer, Trader
from tests.support.waiting import wait_for

pytestmark = pytest.mark.faults


def _transfer(trader: Trader, key: str, source: str, target: str) -> Answer:
    fields = {"asset": "USDB", "amount": "12.5", "from_wallet": source, "to_wallet": target}
    return trader.call("POST", "/api/v1/transfers", fields, key=key)


def _holding(trader: Trader) -> dict[str, Decimal]:
    balances = trader.call("GET", "/api/v1/balances").body["balances"]
    (found,) = [balance for balance in balances if balance["asset"] == "USDB"]
    return {name: Decimal(value) for name, value in found.items() if name != "asset"}


def _await_posted(trader: Trader, answer: Answer) -> None:
    target = f"/api/v1/transfers/{answer.body['transfer']['transfer_id']}"
    wait_for(
        "the transfer to arrive", lambda: trader.call("GET", target).body["transfer"]["status"] == "POSTED"
    )


def test_a_transfer_begun_without_an_engine_is_driven_to_its_end_though_redis_is_flushed(
    house: House,
) -> None:
    trader = house.trader("alice")
    assert trader.call("DELETE", "/api/v1/orders").status == 200
    before = _holding(trader)
    house.kill(house.leader())
    key_in, key_out = secrets.token_hex(8), secrets.token_hex(8)
    inward = _transfer(trader, key_in, "FUNDING", "TRADING")
    outward = _transfer(trader, key_out, "TRADING", "FUNDING")
    assert (inward.status, outward.status) == (202, 202)
    with house.redis() as redis:
        redis.flushall()
    on_the_way = _holding(trader)
    assert on_the_way["funding_available"] == before["funding_available"] - Decimal("12.5")
    house.start_engine()
    house.assert_resumes(time.monotonic())
    _await_posted(trader, inward)
    _await_posted(trader, outward)
    assert trader.call("DELETE", "/api/v1/orders").status == 200
    assert _holding(trader) == before
    assert _transfer(trader, key_in, "FUNDING", "TRADING").body == inward.body
    assert _holding(trader) == before


def test_transfers_under_load_arrive_once_though_the_engine_is_killed_in_between(house: House) -> None:
    trader = house.trader("bob")
    with house.load() as load:
        began = [
            _transfer(trader, secrets.token_hex(8), *wallets)
            for wallets in [("FUNDING", "TRADING"), ("TRADING", "FUNDING")] * 3
        ]
        house.kill(house.leader())
        began += [_transfer(trader, secrets.token_hex(8), "FUNDING", "TRADING") for _ in range(2)]
        ended = time.monotonic()
        house.start_engine()
        house.assert_resumes(ended)
        assert {answer.status for answer in began} <= {200, 202}
        assert began[-1].status == 202
        for answer in began:
            _await_posted(trader, answer)
        load.await_acknowledged(20)
