"""The real ccxt classes of six exchanges, asked over HTTP, give the middle of bid and ask as an integer."""

from typing import Any

import pytest

from oracle.rules.quotes import Absent, Quote
from oracle.sources.registry import make_source
from oracle.sources.shapes import now_ms
from oracle.sources.source import SourceFailure
from oracle.sources.surroundings import Surroundings
from tests.oracle.sources.bodies import EXCHANGES, TIMED
from tests.oracle.sources.servers import page, run, serving

PATHS = {
    "binance:BTC/USDT": "/api/v3/ticker/24hr?symbol=BTCUSDT",
    "coinbase:BTC/USD": "/api/v3/brokerage/market/products/BTC-USD/ticker?limit=1",
    "kraken:BTC/USD": "/0/public/Ticker?pair=XXBTZUSD",
    "bitstamp:BTC/USD": "/api/v2/ticker/btcusd/",
    "okx:BTC/USDT": "/api/v5/market/ticker?instId=BTC-USDT",
    "bitfinex:BTC/USD": "/v2/ticker/tBTCUSD",
}
every_exchange = pytest.mark.parametrize("name", EXCHANGES)


async def ask(name: str, *prices: str) -> tuple[Quote, list[str]]:
    async with serving(page(EXCHANGES[name](*prices))) as server:
        source = make_source(name, Surroundings(addresses={name.split(":")[0]: server.address}))
        try:
            return await source.fetch(), server.asked
        finally:
            await source.close()


def inner(body: Any) -> dict[str, object]:
    """What is of the one pair in an answer."""
    found: dict[str, object] = (body.get("trades") or body.get("data") or [body])[0]
    return found


def reason_of(name: str, body: Any) -> Absent:
    async def asked() -> None:
        async with serving(page(body)) as server:
            source = make_source(name, Surroundings({name.split(":")[0]: server.address}))
            try:
                await source.fetch()
            finally:
                await source.close()

    with pytest.raises(SourceFailure) as failed:
        run(asked())
    return failed.value.reason


@every_exchange
def test_it_asks_for_one_ticker_and_loads_no_markets(name: str) -> None:
    _, asked = run(ask(name, "60000.1", "60000.3", "60005"))
    assert asked == [PATHS[name]]


@every_exchange
def test_it_takes_the_middle_of_bid_and_ask_to_the_last_digit(name: str) -> None:
    quote, _ = run(ask(name, "60000.00000001", "60000.00000004", "60005"))
    assert quote.price_e8 == 6_000_000_000_002
    assert (quote.source, f"{quote.base}/{quote.currency}") == (name, name.split(":")[1])
    assert quote.confidence_e8 is None
    assert quote.simulated is False


@every_exchange
def test_its_time_is_the_exchanges_where_it_says_one(name: str) -> None:
    quote, _ = run(ask(name, "60000", "60001", "60000"))
    if name in TIMED:
        assert quote.time_ms == TIMED[name]
    else:
        assert abs(quote.time_ms - now_ms()) < 10_000


@pytest.mark.parametrize("time", [None, "", "soon", -1])
@pytest.mark.parametrize("name", TIMED)
def test_without_the_time_that_it_always_says_it_is_no_answer(name: str, time: object) -> None:
    """It could be of any age, and must not pass for one of this moment."""
    body = EXCHANGES[name]("60000", "60001", "60000")
    told = inner(body)
    (field,) = told.keys() & {"closeTime", "time", "timestamp", "ts"}
    told[field] = time

    assert reason_of(name, body) is Absent.MALFORMED


@pytest.mark.parametrize(
    ("name", "field", "other"),
    [
        ("binance:BTC/USDT", "symbol", "ETHUSDT"),
        ("bitstamp:BTC/USD", "pair", "ETH/USD"),
        ("coinbase:BTC/USD", "product_id", "ETH-USD"),
        ("okx:BTC/USDT", "instId", "BTC-USDT-SWAP"),
    ],
)
def test_an_answer_that_says_it_is_another_pairs_is_malformed(name: str, field: str, other: str) -> None:
    body = EXCHANGES[name]("60000", "60001", "60000")
    inner(body)[field] = other
    assert reason_of(name, body) is Absent.MALFORMED


@every_exchange
@pytest.mark.parametrize(
    ("bid", "ask_price"), [("60010", "60000"), ("50000", "60000"), ("0", "60000"), ("60000", "0")]
)
def test_it_takes_the_last_trade_where_the_book_has_no_middle(name: str, bid: str, ask_price: str) -> None:
    quote, _ = run(ask(name, bid, ask_price, "60005.5"))
    assert quote.price_e8 == 6_000_550_000_000


@every_exchange
def test_it_has_no_price_where_nothing_is_for_sale_and_nothing_was_sold(name: str) -> None:
    with pytest.raises(SourceFailure) as failed:
        run(ask(name, "0", "0", "0"))
    assert failed.value.reason is Absent.NO_PRICE


@every_exchange
@pytest.mark.parametrize(
    "price",
    [
        "-60000",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999999",
        "1E400",
        "1e-999999",
        "1e30",
        "9" * 100,
        '"x"',
    ],
)
def test_a_field_that_is_no_price_is_malformed(name: str, price: str) -> None:
    quoted = price.strip('"') if name != "bitfinex:BTC/USD" else price
    with pytest.raises(SourceFailure) as failed:
        run(ask(name, quoted, quoted, quoted))
    assert failed.value.reason is Absent.MALFORMED
