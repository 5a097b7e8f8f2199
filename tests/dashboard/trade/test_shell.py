"""The trade page as the server gives it: first values where there are any, and a shell in any case."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from exchange import selectors
from exchange.models import Market
from exchange.services.markets import open_market
from ledger.services import seed_assets


@pytest.fixture(autouse=True)
def _forgotten_markets() -> None:
    """Those of another test may be a second old."""
    selectors._markets = selectors._Markets({}, {}, float("-inf"))


@pytest.fixture
def market(db: None) -> Market:
    seed_assets()
    market = open_market(symbol="BTC-USDB", price_decimals=2, quantity_decimals=5)
    Market.objects.update(status="OPEN")
    return market


@pytest.fixture
def no_database() -> Iterator[None]:
    def refuse(*_: object) -> object:
        raise OperationalError("away")

    with connection.execute_wrapper(refuse):
        yield


def first_values(response: Any) -> dict[str, object]:
    found = re.search(rb'<script id="trade-first" type="application/json">(.*?)</script>', response.content)
    assert found is not None
    values: dict[str, object] = json.loads(found[1])
    return values


@pytest.mark.usefixtures("market")
def test_the_first_market_comes_with_its_facts_and_its_last_day() -> None:
    response = Client().get("/trade")

    first = first_values(response)
    assert (response.status_code, first["symbol"]) == (200, "BTC-USDB")
    assert isinstance(first["facts"], dict)
    assert isinstance(first["ticker"], dict)
    assert (first["facts"]["tick_size"], first["facts"]["lot_size"]) == ("0.01", "0.00001")
    assert (first["ticker"]["volume"], first["ticker"]["last_price"]) == ("0.00000", None)


@pytest.mark.long  # it makes the whole document
@pytest.mark.usefixtures("market")
def test_what_the_page_begins_with_is_what_the_api_says() -> None:
    first = first_values(Client().get("/trade/BTC-USDB"))

    assert {"facts": first["facts"], "ticker": first["ticker"]} == _from_the_api(first)


def _from_the_api(first: dict[str, object]) -> dict[str, object]:
    """The same fields, whatever their values are by now."""
    from_document = Client().get("/api/openapi.json").json()["components"]["schemas"]
    return {
        name: {field: first[name][field] for field in from_document[schema]["properties"]}  # type: ignore[index]
        for name, schema in (("facts", "MarketDocument"), ("ticker", "TickerDocument"))
    }


@pytest.mark.usefixtures("market")
def test_a_symbol_in_small_letters_is_led_to_its_page() -> None:
    response = Client().get("/trade/btc-usdb")

    assert (response.status_code, response.headers["Location"]) == (302, "/trade/BTC-USDB")


@pytest.mark.usefixtures("market")
def test_no_such_market_says_which_there_are() -> None:
    response = Client().get("/trade/ETH-USDB")

    assert response.status_code == 404
    assert b'href="/trade/BTC-USDB"' in response.content


@pytest.mark.parametrize("symbol", ["<SCRIPT>", "A" * 300, "..%2F..", "%00"])
@pytest.mark.usefixtures("market")
def test_nonsense_is_no_market_and_stays_text(symbol: str) -> None:
    response = Client().get(f"/trade/{symbol}")

    assert response.status_code == 404
    assert b"<SCRIPT>" not in response.content


@pytest.mark.usefixtures("db")
def test_without_any_market_it_says_so() -> None:
    response = Client().get("/trade")

    assert response.status_code == 200
    assert b"No market is open yet" in response.content


@pytest.mark.usefixtures("db", "no_database")
@pytest.mark.parametrize(("path", "symbol"), [("/trade", ""), ("/trade/BTC-USDB", "BTC-USDB")])
def test_while_the_database_is_away_the_page_is_there_and_asks_by_itself(path: str, symbol: str) -> None:
    response = Client().get(path)

    assert response.status_code == 200
    assert first_values(response) == {"symbol": symbol, "facts": None, "ticker": None}


@pytest.mark.usefixtures("market")
def test_who_is_not_logged_in_reads_everything_and_is_led_to_the_login() -> None:
    page = Client().get("/trade/BTC-USDB").content.decode()

    assert "Log in to trade" in page
    assert 'id="book"' in page
    assert "style=" not in page
    assert "<script>" not in page
