"""The house's clock, its symbols and its books in Binance's words."""

import time
from decimal import Decimal
from typing import Any

import httpx
import pytest

from exchange.compat.binance.spot.exchange_info import filters as exchange_filters
from exchange.compat.binance.spot.symbol_lists import status_of
from exchange.models import Market, MarketStatus
from tests.api.house import FREE_MARKET, SMALL_MARKET
from tests.binance.house import FREE_SYMBOL, SMALL_SYMBOL, SYMBOL, Trader, public
from tests.binance.payloads import missing
from tests.binance.trades import place, seen

INFO = "/api/v3/exchangeInfo"


def info(client: httpx.Client, **params: Any) -> Any:
    answer = public(client, INFO, **params)
    assert answer.status == 200, answer
    return answer.json


def filters(client: httpx.Client, symbol: str) -> dict[str, dict[str, Any]]:
    (found,) = info(client, symbol=symbol)["symbols"]
    return {one["filterType"]: one for one in found["filters"]}


def test_the_house_is_there_and_has_a_clock(client: httpx.Client) -> None:
    assert public(client, "/api/v3/ping").json == {}
    before = time.time_ns() // 1_000_000
    found = public(client, "/api/v3/time").json
    assert not missing("BinanceTime", found)
    assert before <= found["serverTime"] <= time.time_ns() // 1_000_000


def test_unknown_parameters_are_passed_over(client: httpx.Client) -> None:
    assert public(client, "/api/v3/ping", whatever="1").json == {}


def test_every_symbol_is_told_with_all_that_clients_need(client: httpx.Client) -> None:
    found = info(client)
    assert not missing("BinanceSpotExchangeInfo", found)
    assert {one["symbol"] for one in found["symbols"]} == {SYMBOL, SMALL_SYMBOL, FREE_SYMBOL}
    for one in found["symbols"]:
        assert not missing("BinanceSpotSymbolInfo", one)
        assert (one["status"], one["permissionSets"]) == ("TRADING", [["SPOT"]])
        for each in one["filters"]:
            assert not missing("BinanceSymbolFilter", each)
    for limit in found["rateLimits"]:
        assert not missing("BinanceRateLimit", limit)
    kinds = {(one["rateLimitType"], one["interval"]) for one in found["rateLimits"]}
    assert {("REQUEST_WEIGHT", "MINUTE"), ("ORDERS", "SECOND"), ("ORDERS", "DAY")} <= kinds


def test_filters_are_what_the_engine_enforces(client: httpx.Client) -> None:
    market = Market.objects.get(symbol=SMALL_MARKET)
    found = filters(client, SMALL_SYMBOL)
    assert Decimal(found["NOTIONAL"]["minNotional"]) == Decimal("0.001")
    assert Decimal(found["NOTIONAL"]["maxNotional"]) == 1
    assert found["MAX_NUM_ORDERS"]["maxNumOrders"] == market.max_open_orders == 3
    assert found["MAX_NUM_ALGO_ORDERS"]["maxNumAlgoOrders"] == 3
    assert "PERCENT_PRICE_BY_SIDE" not in found
    for one, step, least, most in (
        ("PRICE_FILTER", "tickSize", "minPrice", "maxPrice"),
        ("LOT_SIZE", "stepSize", "minQty", "maxQty"),
    ):
        sizes = {name: Decimal(found[one][name]) for name in (step, least, most)}
        assert sizes[least] == sizes[step] > 0
        assert sizes[most] % sizes[step] == 0
        assert sizes[most] > sizes[least]


def test_an_order_at_the_edge_of_its_filters_fits(client: httpx.Client, alice: Trader) -> None:
    """The smallest step in price and quantity is taken; a smaller one is not."""
    found = filters(client, FREE_SYMBOL)
    tick, step = found["PRICE_FILTER"]["tickSize"], found["LOT_SIZE"]["stepSize"]
    assert place(alice, "BUY", tick, step)["order"]["status"] == "NEW"
    for price, quantity in ((tick, str(Decimal(step) / 2)), (str(Decimal(tick) / 2), step)):
        answer = alice.person.try_order(market=FREE_MARKET, price=price, quantity=f"{Decimal(quantity):f}")
        assert answer.status_code != 200


def test_a_price_band_is_a_filter() -> None:
    from_band = [one for one in filters_of(band_ppm=100_000) if one["filterType"].startswith("PERCENT")]
    assert from_band == [
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "1.100000",
            "bidMultiplierDown": "0.900000",
            "askMultiplierUp": "1.100000",
            "askMultiplierDown": "0.900000",
            "avgPriceMins": 0,
        }
    ]


@pytest.mark.parametrize(
    ("params", "symbols"),
    [
        ({"symbol": SYMBOL}, {SYMBOL}),
        ({"symbols": [SYMBOL, FREE_SYMBOL]}, {SYMBOL, FREE_SYMBOL}),
        ({"symbolStatus": "TRADING"}, {SYMBOL, SMALL_SYMBOL, FREE_SYMBOL}),
        ({"symbolStatus": "HALT"}, set()),
        ({"permissions": "SPOT"}, {SYMBOL, SMALL_SYMBOL, FREE_SYMBOL}),
        ({"permissions": ["SPOT", "MARGIN"]}, {SYMBOL, SMALL_SYMBOL, FREE_SYMBOL}),
        ({"permissions": "MARGIN"}, set()),
    ],
)
def test_symbols_can_be_chosen(client: httpx.Client, params: dict[str, Any], symbols: set[str]) -> None:
    assert {one["symbol"] for one in info(client, **params)["symbols"]} == symbols


def test_permission_sets_can_be_left_out(client: httpx.Client) -> None:
    (found,) = info(client, symbol=SYMBOL, showPermissionSets=False)["symbols"]
    assert found["permissionSets"] == []


SYMBOLS_RANGE = r'^\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\]$'
BAD_SYMBOLS = f"Illegal characters found in parameter 'symbols'; legal range is '{SYMBOLS_RANGE}'."
COMBINATION = (400, -1128, "Combination of optional parameters invalid.")


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"symbol": "NOPE"}, (400, -1121, "Invalid symbol.")),
        ({"symbols": [SYMBOL, "NOPE"]}, (400, -1121, "Invalid symbol.")),
        ({"symbol": SYMBOL, "symbols": [SYMBOL]}, COMBINATION),
        ({"symbol": SYMBOL, "permissions": "SPOT"}, COMBINATION),
        ({"symbols": [SYMBOL], "symbolStatus": "TRADING"}, COMBINATION),
        ({"symbolStatus": "SLEEPING"}, (400, -1122, "Invalid symbolStatus.")),
        ({"symbols": "BTCUSDB"}, (400, -1100, BAD_SYMBOLS)),
        ({"symbols": '["BTCUSDB"'}, (400, -1100, BAD_SYMBOLS)),
        ({"symbols": '["BTCUSDB", "DOTUSDB"]'}, (400, -1100, BAD_SYMBOLS)),
        ({"symbols": '["btcusdb"]'}, (400, -1100, BAD_SYMBOLS)),
        ({"symbols": "[]"}, (400, -1105, "Parameter 'symbols' was empty.")),
        ({"symbols": ""}, (400, -1105, "Parameter 'symbols' was empty.")),
        ({"symbols": [SYMBOL, SYMBOL]}, (400, -1151, "Symbol is present multiple times in the list.")),
        (
            {"symbols": [f"A{number}" for number in range(101)]},
            (400, -1101, "Too many parameters; expected '100' and received '101'."),
        ),
    ],
)
def test_a_wrong_choice_is_refused(
    client: httpx.Client, params: dict[str, Any], refusal: tuple[int, int, str]
) -> None:
    assert public(client, INFO, **params).refusal == refusal


@pytest.mark.parametrize("symbol", ["btcusdb", "BTC-USDB/", "A" * 21, "ÄÖÜ"])
def test_a_symbol_of_other_letters_is_refused_by_name(client: httpx.Client, symbol: str) -> None:
    status, number, text = public(client, "/api/v3/depth", symbol=symbol).refusal
    assert (status, number) == (400, -1100)
    assert "'symbol'" in text


@pytest.mark.parametrize(
    "params", [{"symbol": "BTC\0USDB"}, {"symbols": '["BTC\0"]'}, {"symbolStatus": "\0"}]
)
def test_a_zero_byte_is_refused(client: httpx.Client, params: dict[str, Any]) -> None:
    assert public(client, INFO, **params).refusal[:2] == (400, -1100)


def test_a_symbol_must_be_named(client: httpx.Client) -> None:
    assert public(client, "/api/v3/depth").refusal == (
        400,
        -1102,
        "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    )


def test_a_book_has_both_sides_best_first(client: httpx.Client, alice: Trader, bob: Trader) -> None:
    for price in ("98", "99"):
        place(alice, "BUY", price, "1")
    bob.person.fund(DOT="10")
    for price in ("151", "150"):
        place(bob, "SELL", price, "2")
    found = settled_depth(client, bids=2, asks=2)
    assert not missing("BinanceDepth", found)
    assert found["bids"] == [["99.00000000", "1.00000000"], ["98.00000000", "1.00000000"]]
    assert found["asks"] == [["150.00000000", "2.00000000"], ["151.00000000", "2.00000000"]]
    assert isinstance(found["lastUpdateId"], int)
    assert [len(seen(client, "/api/v3/depth", limit=1)[side]) for side in ("bids", "asks")] == [1, 1]
    assert seen(client, "/api/v3/depth", limit=99_999)["asks"] == found["asks"]


def settled_depth(client: httpx.Client, *, bids: int, asks: int) -> Any:
    """Depths are sent some times a second: once this one has come."""
    deadline = time.monotonic() + 10
    while True:
        found = seen(client, "/api/v3/depth")
        if (len(found["bids"]), len(found["asks"])) == (bids, asks) or time.monotonic() > deadline:
            return found


@pytest.mark.parametrize(
    ("limit", "weight"), [(5, 5), (100, 5), (101, 25), (500, 25), (501, 50), (5_000, 250)]
)
def test_a_deep_book_weighs_more(client: httpx.Client, limit: int, weight: int) -> None:
    def used(**params: Any) -> int:
        answer = public(client, "/api/v3/depth", symbol=SYMBOL, **params)
        return int(answer.headers["x-mbx-used-weight-1m"])

    before, after = used(limit=5), used(limit=limit)
    assert after - before == weight or after < before  # another minute began


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5"])
def test_a_limit_is_a_number_from_one_on(client: httpx.Client, limit: str) -> None:
    _, number, text = public(client, "/api/v3/depth", symbol=SYMBOL, limit=limit).refusal
    assert number in (-1100, -1130)
    assert "'limit'" in text


def filters_of(**values: int) -> list[dict[str, Any]]:
    return exchange_filters(
        Market(base_decimals=8, quote_decimals=8, price_decimals=2, quantity_decimals=5, **values)
    )


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (MarketStatus.OPEN, "TRADING"),
        (MarketStatus.POST_ONLY, "TRADING"),
        (MarketStatus.CANCEL_ONLY, "BREAK"),
        (MarketStatus.HALTED, "HALT"),
    ],
)
def test_a_markets_status_is_one_of_three(status: MarketStatus, shown: str) -> None:
    assert status_of(Market(status=status)) == shown
