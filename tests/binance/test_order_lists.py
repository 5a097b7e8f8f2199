"""Lists of one's own orders and trades in Binance's words."""

import time
from typing import Any

import pytest

from tests.binance.house import FREE_SYMBOL, SYMBOL, Trader
from tests.binance.payloads import missing

DAY_MS = 24 * 3600 * 1000
ALL, TRADES = "/api/v3/allOrders", "/api/v3/myTrades"


def numbers(answer: Any) -> list[int]:
    return [row["orderId"] for row in answer.json]


def test_open_orders_of_one_market_or_of_all_come_oldest_first(edith: Trader) -> None:
    first, second = edith.order()["orderId"], edith.order(price="101.00")["orderId"]
    other = edith.order(symbol=FREE_SYMBOL, price="1", quantity="10")["orderId"]
    answer = edith.get("/api/v3/openOrders", symbol=SYMBOL)
    assert numbers(answer) == [first, second]
    for row in answer.json:
        assert missing("BinanceOrder", row) == []
    assert sorted(numbers(edith.get("/api/v3/openOrders"))) == sorted([first, second, other])


def test_all_orders_are_listed_by_number_by_time_and_latest(alice: Trader) -> None:
    placed = [alice.order(price=f"{price}.00") for price in range(100, 105)]
    ids = [one["orderId"] for one in placed]
    alice.delete("/api/v3/order", symbol=SYMBOL, orderId=ids[0])
    assert numbers(alice.get(ALL, symbol=SYMBOL)) == ids
    assert numbers(alice.get(ALL, symbol=SYMBOL, limit=2)) == ids[-2:]
    assert numbers(alice.get(ALL, symbol=SYMBOL, orderId=ids[2], limit=2)) == ids[2:4]
    third = placed[2]["transactTime"]
    later = [one["orderId"] for one in placed if one["transactTime"] >= third]
    assert numbers(alice.get(ALL, symbol=SYMBOL, startTime=third)) == later
    earlier = [one["orderId"] for one in placed if one["transactTime"] <= third]
    assert numbers(alice.get(ALL, symbol=SYMBOL, endTime=third)) == earlier
    assert numbers(alice.get(ALL, symbol=SYMBOL, startTime=third, endTime=third)) == [
        one["orderId"] for one in placed if one["transactTime"] == third
    ]
    assert numbers(alice.get(ALL, symbol=SYMBOL, startTime=0, limit=1)) == ids[:1]
    assert alice.get(ALL, symbol=SYMBOL, startTime=third + DAY_MS).json == []


def test_my_trades_are_listed_by_number_by_time_by_order_and_latest(alice: Trader, bob: Trader) -> None:
    made = bob.order(side="SELL", price="200.00", quantity="1")["orderId"]
    taken = [alice.order(price="200.00", quantity="0.1") for _ in range(4)]
    ids = [one["fills"][0]["tradeId"] for one in taken]

    def listed(**params: Any) -> list[int]:
        answer = alice.get(TRADES, symbol=SYMBOL, **params)
        assert answer.status == 200, answer
        for row in answer.json:
            assert missing("BinanceUserTrade", row) == []
        return [row["id"] for row in answer.json]

    assert listed() == ids
    assert listed(limit=2) == ids[-2:]
    assert listed(fromId=ids[1], limit=2) == ids[1:3]
    assert listed(fromId=ids[-1] + 1_000_000) == []
    assert listed(orderId=taken[1]["orderId"]) == [ids[1]]
    assert listed(orderId=taken[1]["orderId"], fromId=ids[2]) == []
    assert listed(orderId=1) == []
    second = taken[1]["transactTime"]
    assert listed(startTime=second) == [
        n for n, one in zip(ids, taken, strict=True) if one["transactTime"] >= second
    ]
    assert listed(endTime=second) == [
        n for n, one in zip(ids, taken, strict=True) if one["transactTime"] <= second
    ]
    of_maker = bob.get(TRADES, symbol=SYMBOL, orderId=made).json
    assert [row["id"] for row in of_maker] == ids

    def page(**params: Any) -> list[int]:
        return [row["id"] for row in bob.get(TRADES, symbol=SYMBOL, orderId=made, **params).json]

    assert page(limit=2) == ids[-2:]
    assert page(fromId=0, limit=2) == ids[:2]
    assert page(fromId=ids[1], limit=2) == ids[1:3]
    assert page(fromId=ids[-1] + 1) == page(fromId=2**63 - 1) == []
    assert all(row["isMaker"] and not row["isBuyer"] for row in of_maker)


@pytest.mark.parametrize("path", [ALL, TRADES])
def test_a_span_has_at_most_a_day(alice: Trader, path: str) -> None:
    now = time.time_ns() // 1_000_000
    answer = alice.get(path, symbol=SYMBOL, startTime=now - DAY_MS - 1, endTime=now)
    assert answer.refusal == (400, -1127, "More than 24 hours between startTime and endTime.")
    assert alice.get(path, symbol=SYMBOL, startTime=now - DAY_MS, endTime=now).json == []
    assert alice.get(path, symbol=SYMBOL, startTime=now, endTime=now - 1).refusal[1] == -1127


def test_trades_are_not_asked_for_by_time_and_number_at_once(alice: Trader) -> None:
    for other in ({"fromId": 1}, {"orderId": 1}):
        answer = alice.get(TRADES, symbol=SYMBOL, startTime=1, **other)
        assert answer.refusal == (400, -1128, "Combination of optional parameters invalid.")


def test_a_list_has_at_most_a_thousand(alice: Trader) -> None:
    assert alice.get(ALL, symbol=SYMBOL, limit=5_000).status == 200
    assert alice.get(ALL, symbol=SYMBOL, limit=0).refusal[1] == -1130
    assert alice.get(ALL).refusal[1] == -1102
