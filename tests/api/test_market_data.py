"""Tickers, candles, and what a market says of itself, whatever its status."""

from typing import Any

import httpx
import pytest

from exchange.engine.types import MarketStatus
from exchange.models import Market, Trade
from exchange.services.requests import request_market_change, request_market_status
from tests.api.house import FREE_MARKET, MARKET, SMALL_MARKET
from tests.api.people import MakeTrader, Trader, field_of, refusal, succeeded
from tests.support.waiting import until

PATH = "/api/v1/markets"


def ticker(client: httpx.Client, market: str = MARKET) -> dict[str, Any]:
    found: dict[str, Any] = succeeded(client.get(f"{PATH}/{market}/ticker"))["ticker"]
    return found


def test_a_ticker_says_what_was_traded_and_what_is_offered(
    client: httpx.Client, alice: Trader, bob: Trader
) -> None:
    until(lambda: ticker(client)["best_bid"] is None)  # what others left is canceled
    bob.place(side="SELL", price="100", quantity="0.2")
    alice.place(price="100", quantity="0.1")
    alice.place(price="99.5", quantity="0.3")
    trades = Trade.objects.filter(market__symbol=MARKET)
    until(lambda: (ticker(client)["trades"], ticker(client)["best_ask"]) == (trades.count(), "100.00"))
    before = ticker(client)
    assert (before["best_bid"], before["best_bid_quantity"]) == ("99.50", "0.30000")
    assert before["best_ask_quantity"] == "0.10000"
    bob.place(side="SELL", price="99.5", quantity="0.1")
    until(lambda: ticker(client)["trades"] == before["trades"] + 1)
    until(lambda: ticker(client)["best_bid_quantity"] == "0.20000")
    after = ticker(client)
    assert (before["last_price"], after["last_price"]) == ("100.00", "99.50")
    assert float(after["volume"]) == pytest.approx(float(before["volume"]) + 0.1)
    assert float(after["quote_volume"]) == pytest.approx(float(before["quote_volume"]) + 9.95)
    assert float(after["low_price"]) <= 99.5 <= float(after["high_price"])
    change = float(after["last_price"]) - float(after["open_price"])
    assert float(after["price_change"]) == pytest.approx(change)
    assert after["market"] in [row["market"] for row in succeeded(client.get("/api/v1/tickers"))["tickers"]]


def test_every_market_has_a_ticker(client: httpx.Client) -> None:
    listed = succeeded(client.get("/api/v1/tickers"))["tickers"]
    assert [row["market"] for row in listed] == [MARKET, SMALL_MARKET, FREE_MARKET]


def test_candles_are_cut_to_what_is_asked_for(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    bob.place(side="SELL", price="100", quantity="0.2")
    time_ms = alice.place(price="100", quantity="0.1")["fills"][0]["time_ms"]
    day = time_ms - time_ms % 86_400_000
    answer = succeeded(client.get(f"{PATH}/{MARKET}/candles?interval=1d&start={day}&limit=1"))
    (candle,) = answer["candles"]
    assert (answer["market"], answer["interval"], candle["start_ms"]) == (MARKET, "1d", day)
    assert float(candle["low"]) <= 100 <= float(candle["high"])
    assert float(candle["taker_buy_volume"]) <= float(candle["volume"])
    second = time_ms - time_ms % 1_000
    path = f"{PATH}/{MARKET}/candles?interval=1s&start={second}&end={second + 1000}"
    assert succeeded(client.get(path))["candles"][0]["trades"] >= 1
    assert len(succeeded(client.get(f"{PATH}/{MARKET}/candles?interval=1m&limit=3"))["candles"]) <= 3


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("", "MISSING_FIELD", "interval"),
        ("interval=2m", "INVALID_CHOICE", "interval"),
        ("interval=1m&limit=0", "OUT_OF_RANGE", "limit"),
        ("interval=1m&limit=1001", "OUT_OF_RANGE", "limit"),
        ("interval=1m&start=abc", "INVALID_TIME", "start"),
        ("interval=1m&start=-1", "INVALID_TIME", "start"),
        ("interval=1m&end=1700000000000000", "INVALID_TIME", "end"),  # microseconds
        ("interval=1m&end=253402300799000", "INVALID_TIME", "end"),  # the year 9999
        ("interval=1m&start=2&end=1", "INVALID_TIME", "start"),
        ("interval=1m&start=1&start=1", "DUPLICATE_PARAM", "start"),
        ("interval=1m&from=1", "UNKNOWN_FIELD", "from"),
    ],
)
def test_candles_that_cannot_be_are_refused(client: httpx.Client, query: str, code: str, field: str) -> None:
    answer = client.get(f"{PATH}/{MARKET}/candles?{query}")
    assert refusal(answer) == (400, code)
    assert field_of(answer) == field


@pytest.mark.parametrize("part", ["ticker", "candles?interval=1m", "book", "trades"])
def test_an_unknown_market_has_no_data(client: httpx.Client, part: str) -> None:
    assert refusal(client.get(f"{PATH}/XXX-YYY/{part}")) == (404, "MARKET_NOT_FOUND")
    assert refusal(client.get(f"{PATH}/xxx-yyy/{part}")) == (400, "INVALID_SYMBOL")


def status_of(client: httpx.Client, market: str) -> str:
    return str(succeeded(client.get(f"{PATH}/{market}"))["market"]["status"])


def set_status(client: httpx.Client, market: str, status: MarketStatus) -> None:
    row = Market.objects.get(symbol=market)
    request_market_status(market=row, status=status, reason="a test", requested_by=None)
    until(lambda: status_of(client, market) == status.name)


def test_a_market_that_is_not_open_refuses_by_its_status_and_shows_everything(
    client: httpx.Client, trader: MakeTrader
) -> None:
    erin = trader("erin", BTC="1", ETH="1")
    terms = {"market": SMALL_MARKET, "price": "0.1", "quantity": "1"}
    placed = erin.place(**terms)["order"]["order_id"]
    try:
        set_status(client, SMALL_MARKET, MarketStatus.POST_ONLY)
        answer = erin.try_order(**terms)
        assert (refusal(answer), field_of(answer)) == ((422, "MARKET_POST_ONLY"), "market")
        posted = erin.place(**terms, post_only=True)["order"]["order_id"]
        set_status(client, SMALL_MARKET, MarketStatus.CANCEL_ONLY)
        answer = erin.try_order(**terms, post_only=True)
        assert (refusal(answer), answer.json()["error"]["opens_at_ms"]) == (
            (422, "MARKET_CANCEL_ONLY"),
            None,
        )
        erin.delete(f"/api/v1/orders/{posted}")
        set_status(client, SMALL_MARKET, MarketStatus.HALTED)
        assert refusal(erin.try_order(**terms)) == (422, "MARKET_HALTED")
        assert refusal(erin.send("DELETE", f"/api/v1/orders/{placed}")) == (422, "MARKET_HALTED")
        for part in ("ticker", "candles?interval=1m", "book", "trades"):
            assert client.get(f"{PATH}/{SMALL_MARKET}/{part}").is_success
        assert SMALL_MARKET in [row["symbol"] for row in succeeded(client.get(PATH))["markets"]]
        assert erin.get(f"/api/v1/orders?market={SMALL_MARKET}")["orders"]
    finally:
        set_status(client, SMALL_MARKET, MarketStatus.OPEN)


def test_new_parameters_are_shown_and_hold_within_a_second(client: httpx.Client, trader: MakeTrader) -> None:
    erin = trader("erin", BTC="1")
    before = succeeded(client.get(f"{PATH}/{SMALL_MARKET}"))["market"]
    assert (before["band_ppm"], before["breaker"], before["lane_policy"]) == (None, None, "FIFO")
    row = Market.objects.get(symbol=SMALL_MARKET)

    def change(**changes: int) -> None:
        request_market_change(market=row, changes=changes, reason="a test", requested_by=None)

    def shown() -> dict[str, Any]:
        found: dict[str, Any] = succeeded(client.get(f"{PATH}/{SMALL_MARKET}"))["market"]
        return found

    breaker = {"breaker_ppm": 50_000, "breaker_window_ns": 60 * 10**9, "breaker_halt_ns": 5 * 10**9}
    try:
        change(price_step_ticks=10, band_ppm=100_000, **breaker)
        until(lambda: shown()["band_ppm"] == 100_000)
        after = shown()
        assert after["tick_size"] == "0.00010"
        assert (after["breaker"]["move_ppm"], after["breaker"]["halt_ms"]) == (50_000, 5_000)
        answer = erin.try_order(market=SMALL_MARKET, price="0.10001", quantity="1")
        assert (refusal(answer), answer.json()["error"]["tick_size"]) == ((422, "TICK_SIZE"), "0.00010")
    finally:
        none = dict.fromkeys(breaker, 0)
        change(price_step_ticks=1, band_ppm=0, **none)
        until(lambda: shown() == before)
