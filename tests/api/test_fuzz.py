"""Made-up bodies and queries: whatever is sent, the answer is one of those that the API knows."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.house import FREE_MARKET, MARKET, SMALL_MARKET
from tests.api.people import MakeTrader, Trader
from tests.support.examples import examples

FUZZ = examples(
    60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
DECIMALS = st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,12})?", fullmatch=True)


PRICES = st.sampled_from(["100", "101.5", "0.1", "7"]) | DECIMALS
QUANTITIES = st.sampled_from(["1", "0.5", "0.00001", "0.1"]) | DECIMALS
ANY_ORDER = {
    "market": st.sampled_from([MARKET, SMALL_MARKET, FREE_MARKET]),
    "side": st.sampled_from(["BUY", "SELL"]),
}
ANY_OPTION = {
    "post_only": st.booleans(),
    "self_trade_prevention": st.sampled_from(["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]),
    "client_order_id": st.sampled_from(["one", "two"]),
}
LIMIT_ORDERS = st.fixed_dictionaries(
    {**ANY_ORDER, "type": st.just("LIMIT"), "price": PRICES, "quantity": QUANTITIES},
    optional={**ANY_OPTION, "time_in_force": st.sampled_from(["GTC", "IOC", "FOK"])},
)
MARKET_ORDERS = st.fixed_dictionaries(
    {**ANY_ORDER, "type": st.just("MARKET"), "quantity": QUANTITIES},
    optional={"quote_budget": PRICES, "time_in_force": st.sampled_from(["IOC", "FOK"])},
)
# At most one member is spoiled, so that the fuzz reaches what lies behind the form.
SPOILED = st.dictionaries(
    st.sampled_from(["market", "side", "type", "price", "quantity", "post_only", "x"]), VALUES, max_size=1
)
ORDERS = st.builds(lambda order, spoiled: order | spoiled, LIMIT_ORDERS | MARKET_ORDERS, SPOILED)
NAMES = st.sampled_from(["market", "status", "limit", "cursor"]) | st.text(max_size=10)
PARAMETERS = st.lists(
    st.tuples(NAMES, st.sampled_from([MARKET, "open", "1", "AAAAAAAAAAE"]) | st.text()), max_size=4
)


@pytest.fixture
def rich(trader: MakeTrader) -> Trader:
    return trader("rich", USDB="1000000", BTC="1000", DOT="1000")


@settings(FUZZ, max_examples=examples(200).max_examples)
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
@given(name=st.text(min_size=1, max_size=30).filter(lambda name: name.strip(".")))  # httpx resolves dots
def test_a_path_of_any_kind_is_answered_or_refused(mallory: Trader, name: str) -> None:
    escaped = quote(name, safe="", errors="surrogatepass")
    for path in (f"orders/{escaped}", f"orders/by-client-id/{escaped}", f"transfers/{escaped}"):
        assert mallory.send("GET", f"/api/v1/{path}").status_code in (400, 404)
