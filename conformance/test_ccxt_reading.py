"""What ccxt reads of markets: everything that a stranger may see, and what the house says of itself."""

import time
from collections.abc import Callable
from typing import Any

import ccxt
import pytest

from conformance.native import Native

LIVING = "BTC/USDB"
QUIET = "ETH/USDB"
SECOND = 1_000
MINUTE = 60_000


def test_it_knows_the_servers_time(nobody: Any) -> None:
    assert abs(nobody.fetch_time() - time.time() * 1000) < 5_000


def test_it_knows_that_the_house_is_well(anna: Any) -> None:
    assert anna.fetch_status()["status"] == "ok"


def test_markets_have_the_steps_and_limits_of_the_house(nobody: Any) -> None:
    markets = nobody.load_markets()
    assert {LIVING, QUIET, "ETH/BTC"} <= set(markets)
    quiet = markets[QUIET]
    assert quiet["active"]
    assert quiet["spot"]
    assert quiet["precision"]["price"] == 0.01
    assert quiet["precision"]["amount"] == 0.00001
    assert quiet["limits"]["cost"]["min"] == 5
    assert markets["ETH/BTC"]["precision"]["amount"] == 0.01
    assert nobody.price_to_precision(QUIET, 3000.129) == "3000.13"
    assert nobody.amount_to_precision(QUIET, 1.123459) == "1.12345"


def test_currencies_come_with_a_key(anna: Any) -> None:
    currencies = anna.fetch_currencies()
    assert {"BTC", "ETH", "USDB"} <= set(currencies)
    assert currencies["BTC"]["precision"] is None or currencies["BTC"]["precision"] <= 1e-8


def test_a_book_is_sorted_and_not_crossed(nobody: Any) -> None:
    book = nobody.fetch_order_book(LIVING, 20)
    bids, asks = ([price for price, _ in book[side]] for side in ("bids", "asks"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert book["nonce"] > 0
    assert len(nobody.fetch_order_book(LIVING, 5)["bids"]) == 5


def test_a_ticker_has_the_days_numbers(nobody: Any) -> None:
    ticker = nobody.fetch_ticker(LIVING)
    assert ticker["bid"] < ticker["ask"]
    assert ticker["low"] <= ticker["vwap"] <= ticker["high"]
    assert ticker["baseVolume"] > 0
    assert ticker["open"]
    assert ticker["last"]


def test_tickers_of_one_and_of_all(nobody: Any) -> None:
    assert set(nobody.fetch_tickers([LIVING])) == {LIVING}
    assert {LIVING, QUIET} <= set(nobody.fetch_tickers())
    assert nobody.fetch_bids_asks([LIVING])[LIVING]["bid"] > 0
    assert nobody.fetch_last_prices()[LIVING]["price"] > 0


@pytest.mark.parametrize("method", ["publicGetTrades", "publicGetAggTrades"])
def test_trades_are_in_their_order(nobody: Any, method: str) -> None:
    nobody.options["fetchTradesMethod"] = method
    try:
        trades = nobody.fetch_trades(LIVING, limit=10)
    finally:
        del nobody.options["fetchTradesMethod"]
    assert len(trades) == 10
    assert [one["timestamp"] for one in trades] == sorted(one["timestamp"] for one in trades)
    assert {one["side"] for one in trades} <= {"buy", "sell"}


def test_trades_since_a_time_are_not_before_it(nobody: Any) -> None:
    since = nobody.milliseconds() - 5_000
    trades = nobody.fetch_trades(LIVING, since=since, limit=5)
    assert 0 < len(trades) <= 5
    assert all(one["timestamp"] >= since for one in trades)


def test_trades_agree_with_the_houses_own(nobody: Any, native: Callable[[str], Native]) -> None:
    own = native("anna").client.get("/api/v1/markets/BTC-USDB/trades?limit=100").json()["trades"]
    known = {str(one["trade_id"]): one for one in own}
    asked = nobody.publicGetTrades({"symbol": "BTCUSDB", "limit": 50})
    seen = [(one, known[str(one["id"])]) for one in asked if str(one["id"]) in known]
    assert len(seen) > 5
    for one, other in seen:
        assert float(one["price"]) == float(other["price"])
        assert float(one["qty"]) == float(other["quantity"])


def test_candles_are_aligned_and_follow_one_another(nobody: Any) -> None:
    starts = [one[0] for one in nobody.fetch_ohlcv(LIVING, "1s", limit=2)]
    assert starts == [starts[0], starts[0] + SECOND]
    minute, first, high, low, last, volume = nobody.fetch_ohlcv(LIVING, "1m", limit=1)[0]
    assert minute % MINUTE == 0
    assert low <= min(first, last) <= max(first, last) <= high
    assert volume > 0


@pytest.mark.parametrize("timeframe", ["1s", "5m", "1h", "4h", "1d", "1w", "1M"])
def test_candles_of_every_length(nobody: Any, timeframe: str) -> None:
    assert nobody.fetch_ohlcv(LIVING, timeframe, limit=2)


def test_candles_since_a_time_begin_at_the_next_full_one(nobody: Any) -> None:
    since = nobody.milliseconds() - 3 * SECOND + 1
    starts = [one[0] for one in nobody.fetch_ohlcv(LIVING, "1s", since=since, limit=3)]
    assert starts[0] == -(-since // SECOND) * SECOND
    assert all(start % SECOND == 0 for start in starts)


def test_an_interval_that_is_none_is_refused(nobody: Any) -> None:
    with pytest.raises(ccxt.BadRequest, match="-1120"):
        nobody.publicGetKlines({"symbol": "BTCUSDB", "interval": "7m"})


def test_the_fees_are_those_of_the_account(anna: Any, native: Callable[[str], Native]) -> None:
    own = native("anna").get("/api/v1/fee-tier")
    fees = anna.fetch_trading_fees()
    assert set(fees) >= {LIVING, QUIET}
    assert anna.fetch_trading_fee(LIVING)["taker"] == fees[LIVING]["taker"] > fees[LIVING]["maker"] > 0, own
