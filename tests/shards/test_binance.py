"""Binance's wire format over two shards: one trading wallet to look at, and two to move money into."""

from decimal import Decimal

import pytest

from tests.api.people import Trader
from tests.binance import house as binance
from tests.shards.conftest import SECOND, TwoShards

FIRST_SYMBOL, SECOND_SYMBOL = "BTCUSDB", SECOND.replace("-", "")


@pytest.fixture
def ada(alice: Trader) -> binance.Trader:
    """She has USDB in the first shard and BTC in the second."""
    return binance.with_new_key(alice)


def test_open_orders_and_names_are_those_of_their_own_market(ada: binance.Trader) -> None:
    first = ada.order(newClientOrderId="same")["orderId"]
    second = ada.order(symbol=SECOND_SYMBOL, price="0.01", quantity="1", newClientOrderId="same")["orderId"]
    assert (first % 64, second % 64) == (0, 1)
    for symbol, number in ((FIRST_SYMBOL, first), (SECOND_SYMBOL, second)):
        found = ada.get("/api/v3/order", symbol=symbol, origClientOrderId="same").json
        assert found["orderId"] == number
    assert len(ada.get("/api/v3/openOrders").json) == 2
    gone = ada.delete("/api/v3/order", symbol=FIRST_SYMBOL, origClientOrderId="same").json
    assert gone["orderId"] == first
    assert ada.delete("/api/v3/order", symbol=FIRST_SYMBOL, orderId=second).refusal[1] == -2011
    (left,) = ada.get("/api/v3/openOrders").json
    assert left["orderId"] == second


def test_a_market_says_which_shard_money_moves_into(ada: binance.Trader) -> None:
    move = {"asset": "BTC", "amount": "1"}
    out = ada.post("/sapi/v1/asset/transfer", type="MAIN_FUNDING", **move)
    text = "Mandatory parameter 'fromSymbol' was not sent, was empty/null, or malformed."
    assert out.refusal == (400, -1102, text)
    out = ada.post("/sapi/v1/asset/transfer", type="MAIN_FUNDING", fromSymbol=SECOND_SYMBOL, **move)
    assert out.status == 200, out
    back = ada.post("/sapi/v1/asset/transfer", type="FUNDING_MAIN", toSymbol=FIRST_SYMBOL, **move)
    assert back.status == 200, back


def test_an_account_is_the_sum_of_its_shards(ada: binance.Trader) -> None:
    free = {row["asset"]: row["free"] for row in ada.get("/api/v3/account").json["balances"]}
    assert free["BTC"] == ada.person.trading("BTC")[0]
    assert Decimal(free["BTC"]) > 0


def test_a_shard_that_is_away_is_told_and_the_other_goes_on(two: TwoShards, ada: binance.Trader) -> None:
    with two.without(1):
        assert ada.get("/sapi/v1/system/status").json["status"] == 1
        away = ada.try_order(symbol=SECOND_SYMBOL, price="0.01", quantity="1")
        assert away.refusal[:2] == (503, -1001)
        assert ada.order()["status"] == "NEW"
