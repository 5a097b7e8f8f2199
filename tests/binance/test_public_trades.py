"""Trades that everybody may see, one by one and aggregated: from the newest, from an id, in a time."""

import time
from typing import Any

import httpx
import pytest

from exchange.models import Market, Trade
from tests.api.house import FREE_MARKET
from tests.binance.house import FREE_SYMBOL, SYMBOL, Trader, public
from tests.binance.payloads import missing
from tests.binance.trades import HIGH, LOW, Sweep, place, seen, sweep
from tests.support.waiting import until

AGGREGATES = "/api/v3/aggTrades"
HISTORY = "/api/v3/historicalTrades"


@pytest.fixture
def swept(alice: Trader, bob: Trader) -> Sweep:
    bob.person.fund(DOT="100")
    return sweep(alice, bob)


def ids(shown: list[dict[str, Any]]) -> list[int]:
    return [one["id"] for one in shown]


def test_the_newest_trades_come_last(client: httpx.Client, swept: Sweep) -> None:
    first, second, third = seen(client, "/api/v3/trades", limit=3)
    assert ids([first, second, third]) == swept.ids
    assert first == {
        "id": swept.ids[0],
        "price": LOW,
        "qty": "1.00000000",
        "quoteQty": "500.00000000",
        "time": swept.time_ms,
        "isBuyerMaker": False,
        "isBestMatch": True,
    }
    assert (third["price"], third["quoteQty"]) == (HIGH, "1002.00000000")
    for one in (first, second, third):
        assert not missing("BinanceTrade", one)


def test_a_seller_who_takes_leaves_the_buyer_as_maker(
    client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    bob.person.fund(DOT="1")
    place(alice, "BUY", LOW, "1")
    place(bob, "SELL", LOW, "1")
    assert seen(client, "/api/v3/trades", limit=1)[0]["isBuyerMaker"] is True
    assert seen(client, AGGREGATES, limit=1)[0]["m"] is True


def test_history_goes_on_from_an_id(client: httpx.Client, reader: Trader, swept: Sweep) -> None:
    found = reader.unsigned("GET", HISTORY, symbol=FREE_SYMBOL, fromId=swept.ids[0], limit=2)
    assert ids(found.json) == swept.ids[:2]
    last = reader.unsigned("GET", HISTORY, symbol=FREE_SYMBOL, fromId=swept.ids[2], limit=1_000)
    assert ids(last.json) == swept.ids[2:]
    assert reader.unsigned("GET", HISTORY, symbol=FREE_SYMBOL, fromId=swept.ids[2] + 1).json == []
    assert reader.unsigned("GET", HISTORY, symbol=FREE_SYMBOL, fromId=2**63 - 1).json == []
    assert reader.unsigned("GET", HISTORY, symbol=FREE_SYMBOL, fromId=0, limit=1).json[0]["id"] == 1
    assert ids(reader.unsigned("GET", HISTORY, symbol=FREE_SYMBOL, limit=3).json) == swept.ids


def test_history_is_for_those_with_a_key(client: httpx.Client) -> None:
    answer = public(client, HISTORY, symbol=FREE_SYMBOL)
    assert answer.status != 200
    assert answer.json["code"] in (-2014, -2015, -1102)


def test_what_one_order_took_at_one_price_is_one(client: httpx.Client, swept: Sweep) -> None:
    low, high = seen(client, AGGREGATES, limit=2)
    first, second, third = swept.ids
    assert low == {
        "a": first,
        "p": LOW,
        "q": "3.00000000",
        "f": first,
        "l": second,
        "T": swept.time_ms,
        "m": False,
        "M": True,
    }
    assert high == {**low, "a": third, "p": HIGH, "q": "2.00000000", "f": third, "l": third}
    assert not missing("BinanceAggTrade", low)


def test_two_orders_at_one_price_are_two(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    bob.person.fund(DOT="2")
    place(bob, "SELL", LOW, "2")
    for _ in range(2):
        place(alice, "BUY", LOW, "1")
    assert [one["q"] for one in seen(client, AGGREGATES, limit=2)] == ["1.00000000", "1.00000000"]


def test_aggregates_go_on_from_an_id_and_are_never_cut(client: httpx.Client, swept: Sweep) -> None:
    first, second, third = swept.ids
    assert [one["a"] for one in seen(client, AGGREGATES, fromId=first)] == [first, third]
    assert [one["a"] for one in seen(client, AGGREGATES, fromId=first, limit=1)] == [first]
    assert [one["a"] for one in seen(client, AGGREGATES, fromId=second)] == [third]
    assert seen(client, AGGREGATES, fromId=third + 1) == []
    assert seen(client, AGGREGATES, fromId=2**63 - 1) == []


def test_all_aggregates_are_all_trades(client: httpx.Client, swept: Sweep) -> None:
    """From both ends, in pages of any size."""
    whole = seen(client, AGGREGATES, fromId=0, limit=1_000)
    assert [number for one in whole for number in range(one["f"], one["l"] + 1)] == list(
        range(1, swept.ids[-1] + 1)
    )
    assert seen(client, AGGREGATES, limit=1_000) == whole
    paged: list[Any] = []
    while page := seen(client, AGGREGATES, fromId=paged[-1]["a"] + 1 if paged else 0, limit=2):
        paged += page
    assert paged == whole


def test_aggregates_of_a_time_have_both_its_ends(client: httpx.Client, swept: Sweep) -> None:
    at = swept.time_ms
    wanted = [swept.ids[0], swept.ids[2]]

    def found(**params: Any) -> list[int]:
        return [one["a"] for one in seen(client, AGGREGATES, **params)]

    assert found(startTime=at) == wanted
    assert found(startTime=at, endTime=at) == wanted
    assert found(startTime=at, endTime=at + 3_600_000) == wanted
    assert found(startTime=at, limit=1) == wanted[:1]
    assert found(startTime=at + 1) == []
    assert found(endTime=at, limit=2) == wanted
    assert found(endTime=at, limit=1) == wanted[1:]
    assert not set(found(endTime=at - 1)) & set(wanted)
    assert found(startTime=0, limit=1) == [1]
    assert found(endTime=0) == []


def test_a_time_between_the_trades_of_one_second_is_found(
    client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    bob.person.fund(DOT="10")
    until(lambda: time.time() % 1 < 0.3)
    place(bob, "SELL", LOW, "10")
    for _ in range(5):
        place(alice, "BUY", LOW, "1")
    market = Market.objects.get(symbol=FREE_MARKET)
    made = list(Trade.objects.filter(market=market).order_by("-id")[:5])[::-1]
    for one in made:
        after = [row.trade_id for row in made if row.timestamp_ns // 10**6 >= one.timestamp_ns // 10**6]
        found = seen(client, AGGREGATES, startTime=one.timestamp_ns // 10**6)
        assert [row["a"] for row in found] == after


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"fromId": 1, "startTime": 1}, (400, -1128, "Combination of optional parameters invalid.")),
        ({"fromId": 1, "endTime": 1}, (400, -1128, "Combination of optional parameters invalid.")),
        ({"startTime": 2, "endTime": 1}, (400, -1023, "Start time is greater than end time.")),
        (
            {"startTime": "x"},
            (
                400,
                -1100,
                "Illegal characters found in parameter 'startTime'; legal range is '^[0-9]{1,20}$'.",
            ),
        ),
    ],
)
def test_a_wrong_range_is_refused(
    client: httpx.Client, params: dict[str, Any], refusal: tuple[int, int, str]
) -> None:
    assert public(client, AGGREGATES, symbol=SYMBOL, **params).refusal == refusal


def test_a_market_without_trades_has_none(client: httpx.Client) -> None:
    for path in ("/api/v3/trades", AGGREGATES):
        assert seen(client, path, symbol="ETHBTC") == []
    assert seen(client, AGGREGATES, symbol="ETHBTC", startTime=0) == []
    assert seen(client, AGGREGATES, symbol="ETHBTC", fromId=0) == []
