"""What everybody may see: time, markets, books, trades, and nothing about who."""

import json
import time

import httpx
import pytest
import redis

from tests.api.house import FREE_MARKET, MARKET, SMALL_MARKET, House
from tests.api.people import Trader, field_of, refusal, succeeded
from tests.support.waiting import until

PUBLIC = ["markets", f"markets/{MARKET}", f"markets/{MARKET}/book", f"markets/{MARKET}/trades", "time"]


def test_the_time_is_the_servers_in_milliseconds(client: httpx.Client) -> None:
    answer = succeeded(client.get("/api/v1/time"))
    assert abs(answer["server_time_ms"] - time.time() * 1000) < 2000


def test_every_open_market_is_listed_with_its_rules(client: httpx.Client) -> None:
    markets = succeeded(client.get("/api/v1/markets"))["markets"]
    assert [market["symbol"] for market in markets] == [MARKET, SMALL_MARKET, FREE_MARKET]
    assert markets[0] == {
        "symbol": MARKET,
        "status": "OPEN",
        "base_asset": "BTC",
        "quote_asset": "USDB",
        "base_decimals": 8,
        "quote_decimals": 8,
        "tick_size": "0.01",
        "lot_size": "0.00001",
        "min_notional": "1.00000000",
        "max_notional": markets[0]["max_notional"],
        "max_open_orders": 200,
        "maker_fee_ppm": 200,
        "taker_fee_ppm": 500,
        "opens_at_ms": None,
        "reference_price": None,
        "band_ppm": None,
        "breaker": None,
        "lane_policy": "FIFO",
        "shard": 0,
    }
    assert succeeded(client.get(f"/api/v1/markets/{MARKET}")) == {"market": markets[0]}


def test_the_book_shows_levels_best_first(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    for price, quantity in [("99", "0.1"), ("100", "0.2"), ("100", "0.3"), ("98", "0.4")]:
        alice.place(price=price, quantity=quantity)
    for price, quantity in [("102", "0.1"), ("101", "0.2")]:
        bob.place(side="SELL", price=price, quantity=quantity)
    asks = [["101.00", "0.20000"], ["102.00", "0.10000"]]
    bids = [["100.00", "0.50000"], ["99.00", "0.10000"], ["98.00", "0.40000"]]
    book = f"/api/v1/markets/{MARKET}/book"
    until(lambda: bool(client.get(book).json()["asks"] == asks))
    whole = succeeded(client.get(book))
    assert whole["bids"] == bids
    assert whole["sequence"] > 0
    assert abs(whole["time_ms"] - time.time() * 1000) < 5000
    best = succeeded(client.get(f"{book}?depth=1"))
    assert (best["bids"], best["asks"]) == (bids[:1], asks[:1])


def test_a_market_without_orders_has_an_empty_book(client: httpx.Client) -> None:
    book = succeeded(client.get(f"/api/v1/markets/{SMALL_MARKET}/book?depth=500"))
    assert (book["market"], book["bids"], book["asks"]) == (SMALL_MARKET, [], [])


def test_an_emptied_redis_is_not_taken_for_an_empty_book(house: House, client: httpx.Client) -> None:
    book = f"/api/v1/markets/{SMALL_MARKET}/book"
    with house.engine_gone(), redis.Redis.from_url(house.servers.redis_url) as server:
        server.flushall()
        assert refusal(client.get(book)) == (503, "SERVICE_UNAVAILABLE")
    until(lambda: client.get(book).is_success)


@pytest.mark.parametrize("depth", ["0", "501", "-1", "x", "1.5", "9223372036854775808", ""])
def test_a_depth_that_cannot_be_is_refused(client: httpx.Client, depth: str) -> None:
    answer = client.get(f"/api/v1/markets/{MARKET}/book?depth={depth}")
    assert answer.status_code == 400
    assert field_of(answer) == "depth"


@pytest.mark.parametrize("path", ["", "/book", "/trades"])
@pytest.mark.parametrize(
    ("symbol", "status", "code"),
    [
        ("XXX-YYY", 404, "MARKET_NOT_FOUND"),
        ("BTC-USDB-PERP", 404, "MARKET_NOT_FOUND"),
        ("btc-usdb", 400, "INVALID_SYMBOL"),
        ("BTCUSDB", 400, "INVALID_SYMBOL"),
        ("%D0%92%D0%A2%D0%A1-USDB", 400, "INVALID_SYMBOL"),  # Cyrillic
        ("BTC%E2%80%AE-USDB", 400, "INVALID_SYMBOL"),  # right-to-left override
        ("BTC-USDB%E2%80%8B", 400, "INVALID_SYMBOL"),  # zero width
        ("A" * 5000 + "-B", 400, "INVALID_SYMBOL"),
        ("BTC-USDB%0A", 404, "NOT_FOUND"),
        ("BTC-USDB%2F..", 404, "NOT_FOUND"),
        ("BTC-USDB;.css", 404, "NOT_FOUND"),
    ],
)
def test_what_is_no_market_is_refused(
    client: httpx.Client, path: str, symbol: str, status: int, code: str
) -> None:
    answer = client.get(f"/api/v1/markets/{symbol}{path}")
    assert refusal(answer) == (status, code)
    if code != "NOT_FOUND":
        assert field_of(answer) == "market"


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_public_needs_no_key_and_takes_no_strange_parameter(client: httpx.Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 200
    answer = client.get(f"/api/v1/{path}?account=1")
    assert refusal(answer) == (400, "UNKNOWN_FIELD")
    assert field_of(answer) == "account"


def test_trades_and_books_say_nothing_about_who(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    offer = bob.place(side="SELL", quantity="0.05", client_order_id="bobs-secret-id")["order"]
    taken = alice.place(quantity="0.02", client_order_id="alices-secret-id")["order"]
    book = f"/api/v1/markets/{MARKET}/book"
    until(lambda: bool(client.get(book).json()["asks"]))
    trades = succeeded(client.get(f"/api/v1/markets/{MARKET}/trades?limit=1"))
    (trade,) = trades["trades"]
    assert set(trade) == {"trade_id", "price", "quantity", "quote_amount", "taker_side", "time_ms"}
    depth = succeeded(client.get(book))
    assert set(depth) == {"market", "sequence", "time_ms", "bids", "asks"}
    private = {offer["order_id"], taken["order_id"], "bobs-secret-id", "alices-secret-id"}
    values = set(map(str, trade.values())) | {part for level in depth["asks"] for part in level}
    assert not private & values
    for text in (json.dumps(trades), json.dumps(depth)):
        assert "secret-id" not in text
        assert "account" not in text


def test_a_fill_says_nothing_about_the_other_side(alice: Trader, bob: Trader) -> None:
    offer = bob.place(side="SELL", client_order_id="bobs-secret-id")["order"]
    alice.place()
    shown = json.dumps([alice.get("/api/v1/fills"), alice.get("/api/v1/orders")])
    assert f'"{offer["order_id"]}"' not in shown
    assert "bobs-secret-id" not in shown
