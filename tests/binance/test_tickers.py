"""Tickers: of one market, of some, of all; over a day, a trading day, any window."""

import time
from typing import Any

import httpx
import pytest

from tests.binance.house import FREE_SYMBOL, SMALL_SYMBOL, SYMBOL, Trader, public
from tests.binance.payloads import missing
from tests.binance.trades import HIGH, Sweep, place, seen, sweep
from tests.support.waiting import until

DAY, TRADING_DAY, WINDOW = "/api/v3/ticker/24hr", "/api/v3/ticker/tradingDay", "/api/v3/ticker"
PRICE, BEST = "/api/v3/ticker/price", "/api/v3/ticker/bookTicker"
ALL = (DAY, TRADING_DAY, WINDOW, PRICE, BEST)
OPTIONAL = (DAY, PRICE, BEST)
DAY_MS = 86_400_000
FULL_ONLY = {"priceChange", "priceChangePercent", "weightedAvgPrice"}
DAY_ONLY = {"prevClosePrice", "lastQty", "bidPrice", "bidQty", "askPrice", "askQty"}


@pytest.fixture
def swept(alice: Trader, bob: Trader) -> Sweep:
    bob.person.fund(DOT="100")
    return sweep(alice, bob)


def test_a_day_is_told_with_all_that_clients_need(client: httpx.Client, swept: Sweep) -> None:
    found = seen(client, DAY)
    assert not missing("BinanceTicker24hr", found)
    assert set(found) >= FULL_ONLY | DAY_ONLY
    assert (found["lastPrice"], found["lastQty"]) == (HIGH, "2.00000000")
    assert found["lastId"] == swept.ids[-1]
    assert found["lastId"] - found["firstId"] + 1 == found["count"]
    assert found["openTime"] % 60_000 == 0
    assert DAY_MS <= found["closeTime"] - found["openTime"] < DAY_MS + 60_000
    assert float(found["quoteVolume"]) / float(found["volume"]) == pytest.approx(
        float(found["weightedAvgPrice"])
    )


def test_a_mini_ticker_has_no_more_than_prices_and_volumes(client: httpx.Client, swept: Sweep) -> None:
    for path in (DAY, TRADING_DAY, WINDOW):
        full, mini = seen(client, path), seen(client, path, type="MINI")
        assert set(full) - set(mini) == FULL_ONLY | (DAY_ONLY if path == DAY else set())
        assert mini["lastPrice"] == HIGH


def test_a_market_without_a_trade_has_zeros(client: httpx.Client) -> None:
    found = seen(client, DAY, symbol=SMALL_SYMBOL)
    assert (found["firstId"], found["lastId"], found["count"]) == (-1, -1, 0)
    assert {found[name] for name in ("lastPrice", "openPrice", "highPrice", "prevClosePrice")} == {
        "0.00000000"
    }
    assert (found["priceChangePercent"], found["weightedAvgPrice"]) == ("0.000", "0.00000000")
    assert seen(client, PRICE, symbol=SMALL_SYMBOL) == {"symbol": SMALL_SYMBOL, "price": "0.00000000"}


def test_a_trading_day_ends_at_midnight(client: httpx.Client, swept: Sweep) -> None:
    for zone, ahead_ms in (("0", 0), ("8", 28_800_000), ("-3:30", -12_600_000)):
        found = seen(client, TRADING_DAY, timeZone=zone)
        assert (found["openTime"] + ahead_ms) % DAY_MS == 0
        assert found["closeTime"] == found["openTime"] + DAY_MS - 1
        assert found["openTime"] <= time.time() * 1_000 <= found["closeTime"] + 1_000
        assert found["lastId"] == swept.ids[-1]


@pytest.mark.parametrize(
    ("window", "minutes"), [(None, 1_440), ("1m", 1), ("59m", 59), ("23h", 1_380), ("7d", 10_080)]
)
def test_a_window_is_as_wide_as_asked(client: httpx.Client, swept: Sweep, window: Any, minutes: int) -> None:
    found = seen(client, WINDOW, **({} if window is None else {"windowSize": window}))
    assert minutes * 60_000 <= found["closeTime"] - found["openTime"] < (minutes + 1) * 60_000
    assert found["lastPrice"] == HIGH


@pytest.mark.parametrize("window", ["0m", "60m", "24h", "8d", "1w", "m", "01m", "1M", "999d"])
def test_a_window_that_is_not_offered_is_refused(client: httpx.Client, window: str) -> None:
    status, number, text = public(client, WINDOW, symbol=SYMBOL, windowSize=window).refusal
    assert (status, number) in ((400, -1100), (400, -1130))
    assert "'windowSize'" in text


def test_the_last_price_is_that_of_the_last_trade_at_once(
    client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    bob.person.fund(DOT="3")
    for price in ("497.00000000", "498.00000000", "499.00000000"):
        place(bob, "SELL", price, "1")
        place(alice, "BUY", price, "1")
        assert seen(client, PRICE) == {"symbol": FREE_SYMBOL, "price": price}
        assert seen(client, DAY)["lastPrice"] == price


def test_the_best_prices_are_those_of_the_book(client: httpx.Client, alice: Trader) -> None:
    place(alice, "BUY", "90", "2")
    nothing = "0.00000000"
    wanted = {"bidPrice": "90.00000000", "bidQty": "2.00000000", "askPrice": nothing, "askQty": nothing}
    until(lambda: seen(client, BEST) == {"symbol": FREE_SYMBOL, **wanted})
    assert not missing("BinanceTickerBook", seen(client, BEST))
    found = seen(client, DAY)
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("path", ALL)
def test_one_is_an_object_and_several_are_a_list_in_their_order(client: httpx.Client, path: str) -> None:
    assert public(client, path, symbol=SYMBOL).json["symbol"] == SYMBOL
    wanted = [FREE_SYMBOL, SYMBOL]
    assert [one["symbol"] for one in public(client, path, symbols=wanted).json] == wanted
    assert [one["symbol"] for one in public(client, path, symbols=[SYMBOL]).json] == [SYMBOL]


@pytest.mark.parametrize("path", OPTIONAL)
def test_all_are_told_where_none_is_named(client: httpx.Client, path: str) -> None:
    assert {one["symbol"] for one in public(client, path).json} == {SYMBOL, SMALL_SYMBOL, FREE_SYMBOL}
    assert public(client, path, symbolStatus="HALT").json == []


@pytest.mark.parametrize("path", [TRADING_DAY, WINDOW])
def test_some_need_a_choice(client: httpx.Client, path: str) -> None:
    text = "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"
    assert public(client, path).refusal == (400, -1102, text)


@pytest.mark.parametrize("path", ALL)
def test_a_wrong_choice_is_refused(client: httpx.Client, path: str) -> None:
    both = public(client, path, symbol=SYMBOL, symbols=[SYMBOL])
    assert both.refusal == (400, -1128, "Combination of optional parameters invalid.")
    assert public(client, path, symbol="NOPE").refusal == (400, -1121, "Invalid symbol.")
    assert public(client, path, symbols=["NOPE"]).refusal == (400, -1121, "Invalid symbol.")
    assert public(client, path, symbols="x").refusal[:2] == (400, -1100)
    other = public(client, path, symbol=SYMBOL, symbolStatus="HALT")
    assert other.refusal == (
        400,
        -1220,
        "The symbol's status does not match the requested symbolStatus.",
    )


@pytest.mark.parametrize("path", [DAY, TRADING_DAY, WINDOW])
def test_a_type_is_full_or_mini(client: httpx.Client, path: str) -> None:
    answer = public(client, path, symbol=SYMBOL, type="HUGE")
    assert answer.refusal == (400, -1139, "Invalid ticker type.")


def test_the_average_price_is_by_volume(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    bob.person.fund(DOT="10")
    for price, quantity in (("100", "1"), ("200", "3")):
        place(bob, "SELL", price, quantity)
        place(alice, "BUY", price, quantity)
    found = seen(client, "/api/v3/avgPrice")
    assert not missing("BinanceSpotAvgPrice", found)
    assert found["mins"] == 5
    assert found["closeTime"] == seen(client, "/api/v3/trades", limit=1)[0]["time"]
    made = seen(client, "/api/v3/trades", limit=1_000)
    since = time.time_ns() // 10**6 - 299_000
    recent = [one for one in made if one["time"] >= since]
    atoms = sum(float(one["quoteQty"]) for one in recent)
    lots = sum(float(one["qty"]) for one in recent)
    assert float(found["price"]) == pytest.approx(atoms / lots, rel=0.01)


@pytest.mark.parametrize(
    ("path", "params", "weight"),
    [
        (DAY, {"symbol": SYMBOL}, 2),
        (DAY, {"symbols": [SYMBOL, FREE_SYMBOL]}, 2),
        (DAY, {}, 80),
        (PRICE, {"symbol": SYMBOL}, 2),
        (PRICE, {"symbols": [SYMBOL]}, 4),
        (PRICE, {}, 4),
        (BEST, {}, 4),
        (WINDOW, {"symbol": SYMBOL}, 4),
        (WINDOW, {"symbols": [SYMBOL, FREE_SYMBOL]}, 8),
        (TRADING_DAY, {"symbols": [SYMBOL, FREE_SYMBOL]}, 8),
    ],
)
def test_all_markets_weigh_more_than_one(
    client: httpx.Client, path: str, params: dict[str, Any], weight: int
) -> None:
    def used(answer: Any) -> int:
        return int(answer.headers["x-mbx-used-weight-1m"])

    before = used(public(client, "/api/v3/ping"))
    after = used(public(client, path, **params))
    assert after - before == weight or after < before  # another minute began
