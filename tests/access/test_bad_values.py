"""Times, symbols, texts, choices and lists that cannot be, with the answer each must get."""

from typing import Any

import httpx
import pytest

from tests.access.people import ORDER, Person, code

ORDERS = "/api/v1/test/orders"
BOTH = pytest.mark.parametrize("path", [ORDERS, "/api/v1/test/view-orders"])

TIMES = ["abc", "-1", "253402300800000", "1700000000000000", "2026-01-01", "1.5", "9" * 60]


@pytest.mark.parametrize("moment", TIMES)
def test_a_time_is_milliseconds_of_this_century(client: httpx.Client, shared: Person, moment: str) -> None:
    assert code(shared.send(client, "GET", f"{ORDERS}?since={moment}")) == (400, "INVALID_TIME")


SYMBOLS = ["BTC‮-USDB", "BTC​-USDB", "ВТС-USD", "btc-usdb", "BTCUSDB", "BTC-USDB\n", "A" * 10_000, "", "BTC-"]


@BOTH
@pytest.mark.parametrize("symbol", SYMBOLS, ids=ascii)
def test_a_symbol_is_plain_capitals(client: httpx.Client, shared: Person, path: str, symbol: str) -> None:
    response = shared.send(client, "POST", path, ORDER | {"symbol": symbol})
    assert code(response) == (400, "INVALID_SYMBOL")


@pytest.mark.parametrize("symbol", ["BTC%E2%80%AE-USDB", "%D0%92%D0%A2%D0%A1-USD", "btc-usdb", "A+B"])
def test_a_symbol_in_the_query_is_plain_capitals(client: httpx.Client, shared: Person, symbol: str) -> None:
    assert code(shared.send(client, "GET", f"{ORDERS}?symbol={symbol}")) == (400, "INVALID_SYMBOL")


@pytest.mark.parametrize("number", ["", "a" * 37, "a b", "ä", "a\n", "../x"])
def test_a_client_order_id_is_short_and_plain(client: httpx.Client, shared: Person, number: str) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {"client_order_id": number})
    assert code(response) == (400, "INVALID_CLIENT_ORDER_ID")


@pytest.mark.parametrize("note", ["a" * 65, "a\u0000b", "a\nb", "‮abc", "a\u200bb", "e" + "\u0301" * 300])
def test_a_text_for_people_is_short_and_visible(client: httpx.Client, shared: Person, note: str) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {"note": note})
    assert code(response) == (400, "INVALID_TEXT")


@pytest.mark.parametrize(
    "note", ["<img onerror=alert(1)>", "{{7*7}}", "javascript:x", "' OR 1=1--", "%", "日本"]
)
def test_a_text_is_kept_as_it_is(client: httpx.Client, shared: Person, note: str) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {"note": note})
    assert response.json()["body"]["note"] == note
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_text_is_normalised(client: httpx.Client, shared: Person) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {"note": "e\u0301"})
    assert response.json()["body"]["note"] == "é"


CHOICES: list[Any] = [
    ("side", "buy", "INVALID_CHOICE"),
    ("side", 1, "INVALID_TYPE"),
    ("side", None, "INVALID_TYPE"),
]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        *CHOICES,
        ("post_only", "true", "INVALID_TYPE"),
        ("post_only", 1, "INVALID_TYPE"),
        ("asset", "btc", "INVALID_ASSET"),
        ("legs", "A", "INVALID_TYPE"),
        ("legs", [], "OUT_OF_RANGE"),
        ("legs", ["A"] * 4, "OUT_OF_RANGE"),
        ("leverage", "5", "INVALID_TYPE"),
        ("leverage", True, "INVALID_TYPE"),
    ],
)
def test_nothing_is_coerced(
    client: httpx.Client, shared: Person, field: str, value: object, expected: str
) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {field: value})
    assert code(response) == (400, expected)


def test_a_wrong_member_of_a_list_is_named(client: httpx.Client, shared: Person) -> None:
    response = shared.send(client, "POST", ORDERS, ORDER | {"legs": ["A", "C"]})
    assert code(response) == (400, "INVALID_CHOICE")
    assert response.json()["error"]["field"] == "legs[1]"
