"""After any flow of orders: what is answered here, what `/api/v1` says and what was paid are the same."""

import random
from decimal import Decimal
from typing import Any

import pytest

from tests.binance.house import SYMBOL, Trader

TURNS = 60
START = {"BTC": Decimal(10), "USDB": Decimal(100_000)}


def random_order(chance: random.Random) -> dict[str, Any]:
    side, price = chance.choice(["BUY", "SELL"]), str(chance.randint(495, 505))
    quantity = str(Decimal(chance.randint(100, 30_000)) / 100_000)
    kind = chance.choice(
        ["LIMIT"] * 5 + ["LIMIT_MAKER", "MARKET", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT"]
    )
    order: dict[str, Any] = {"type": kind, "side": side, "timeInForce": None, "price": None}
    order["selfTradePreventionMode"] = chance.choice(
        [None, "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]
    )
    if kind in ("LIMIT", "STOP_LOSS_LIMIT"):
        order |= {"timeInForce": chance.choice(["GTC", "GTC", "IOC", "FOK"])}
    if kind != "MARKET" and kind != "TAKE_PROFIT":
        order |= {"price": price}
    if kind in ("STOP_LOSS_LIMIT", "TAKE_PROFIT"):
        order |= {"stopPrice": str(chance.randint(495, 505))}
    by_cost = kind == "MARKET" and chance.random() < 0.5
    return order | ({"quantity": None, "quoteOrderQty": "40"} if by_cost else {"quantity": quantity})


def flow(chance: random.Random, traders: list[Trader]) -> None:
    for _ in range(TURNS):
        trader = chance.choice(traders)
        answer = trader.try_order(**random_order(chance), newOrderRespType="RESULT")
        assert answer.status in (200, 400), answer
        if chance.random() < 0.2:
            opened = trader.get("/api/v3/openOrders", symbol=SYMBOL).json
            if opened:
                number = chance.choice(opened)["orderId"]
                assert trader.delete("/api/v3/order", symbol=SYMBOL, orderId=number).status == 200


def check_orders(trader: Trader) -> None:
    rows = trader.get("/api/v3/allOrders", symbol=SYMBOL, limit=1000).json
    told = {int(one["order_id"]): one for one in trader.person.get("/api/v1/orders?limit=200")["orders"]}
    assert [row["orderId"] for row in rows] == sorted(told)
    trades = trader.get("/api/v3/myTrades", symbol=SYMBOL, limit=1000).json
    for row in rows:
        one = told[row["orderId"]]
        assert Decimal(row["executedQty"]) == Decimal(one["filled_quantity"])
        assert Decimal(row["cummulativeQuoteQty"]) == Decimal(one["filled_quote"])
        assert Decimal(row["origQty"]) == Decimal(one["quantity"] or one["filled_quantity"])
        own = [trade for trade in trades if trade["orderId"] == row["orderId"]]
        assert sum(Decimal(trade["qty"]) for trade in own) == Decimal(row["executedQty"])
        assert sum(Decimal(trade["quoteQty"]) for trade in own) == Decimal(row["cummulativeQuoteQty"])
        assert sum(Decimal(trade["commission"]) for trade in own) == Decimal(one["fee"])


def check_balances(trader: Trader) -> None:
    """What he began with, and every trade since."""
    expected = dict(START)
    for trade in trader.get("/api/v3/myTrades", symbol=SYMBOL, limit=1000).json:
        sign = 1 if trade["isBuyer"] else -1
        expected["BTC"] += sign * Decimal(trade["qty"])
        expected["USDB"] -= sign * Decimal(trade["quoteQty"]) + Decimal(trade["commission"])
    balances = trader.get("/api/v3/account", omitZeroBalances=True).json["balances"]
    found = {row["asset"]: Decimal(row["free"]) + Decimal(row["locked"]) for row in balances}
    assert found == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_orders_trades_and_balances_agree_after_any_flow(trader: Any, seed: int) -> None:
    funds = {asset: str(amount) for asset, amount in START.items()}
    traders = [trader(name, **funds) for name in ("uma", "vic")]
    flow(random.Random(seed), traders)
    assert traders[0].get("/api/v3/myTrades", symbol=SYMBOL).json
    for person in traders:
        check_orders(person)
        check_balances(person)
