"""Made-up bodies and queries: whatever is sent, the answer is one of those that the API knows."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.house import FREE_MARKET, MARKET, SMALL_MARKET
from tests.api.people import Trader

FUZZ = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
DECIMALS = st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,12})?", fullmatch=True)


def nearly(*right: str) -> st.SearchStrategy[Any]:
    """Mostly what is right, so that the fuzz reaches what lies behind the form."""
    return st.sampled_from(right) | st.sampled_from(right) | st.sampled_from(right) | VALUES


ORDERS = st.fixed_dictionaries(
    {
        "market": nearly(MARKET, SMALL_MARKET, FREE_MARKET),
        "side": nearly("BUY", "SELL"),
        "type": nearly("LIMIT", "MARKET"),
    },
    optional={
        "time_in_force": nearly("GTC", "IOC", "FOK"),
        "price": DECIMALS | nearly("100", "0.1"),
        "quantity": DECIMALS | nearly("1", "0.00001"),
        "quote_budget": DECIMALS | nearly("10"),
        "post_only": st.booleans() | VALUES,
        "self_trade_prevention": nearly("EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"),
        "client_order_id": nearly("one", "two"),
    },
)
NAMES = st.sampled_from(["market", "status", "limit", "cursor"]) | st.text(max_size=10)
PARAMETERS = st.lists(
    st.tuples(NAMES, st.sampled_from([MARKET, "open", "1", "AAAAAAAAAAE"]) | st.text()), max_size=4
)


@pytest.fixture(scope="package")
def rich(mallory: Trader) -> Trader:
    mallory.fund(USDB="1000000", BTC="1000", DOT="1000")
    return mallory


@FUZZ
@given(body=ORDERS)
def test_an_order_of_any_shape_is_taken_or_refused(rich: Trader, body: dict[str, Any]) -> None:
    assert rich.send("POST", "/api/v1/orders", body).status_code in (200, 400, 404, 409, 422)


@FUZZ
@given(body=st.dictionaries(st.text(), VALUES) | VALUES)
def test_json_of_any_shape_is_refused_as_an_order(mallory: Trader, body: Any) -> None:
    assert mallory.send("POST", "/api/v1/orders", body).status_code == 400 or body is None


@FUZZ
@given(body=st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused_as_an_order(mallory: Trader, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert mallory.send("POST", "/api/v1/orders", body=body, headers=headers).status_code == 400


@FUZZ
@given(parameters=PARAMETERS)
def test_a_query_of_any_shape_is_answered_or_refused(
    mallory: Trader, parameters: list[tuple[str, str]]
) -> None:
    query = urlencode(parameters, quote_via=quote, errors="surrogatepass")
    answer = mallory.send("GET", f"/api/v1/orders?{query}" if query else "/api/v1/orders")
    assert answer.status_code in (200, 400, 404)


@FUZZ
@given(query=st.binary(min_size=1, max_size=60))
def test_a_raw_query_of_any_kind_is_answered_or_refused(mallory: Trader, query: bytes) -> None:
    escaped = quote(query, safe="%&=+;?/:@!$'()*,~")
    assert mallory.send("GET", f"/api/v1/fills?{escaped}").status_code in (200, 400, 404)


@FUZZ
@given(name=st.text(min_size=1, max_size=30))
def test_a_path_of_any_kind_is_answered_or_refused(mallory: Trader, name: str) -> None:
    escaped = quote(name, safe="", errors="surrogatepass")
    for path in (f"orders/{escaped}", f"orders/by-client-id/{escaped}", f"transfers/{escaped}"):
        assert mallory.send("GET", f"/api/v1/{path}").status_code in (400, 404)
