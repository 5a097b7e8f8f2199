"""The life of an order in Binance's words, from its placement to its end."""



from tests.binance.house import SYMBOL, Trader


def test_a_limit_order_rests_is_seen_and_is_canceled(alice: Trader) -> None:
    placed = alice.order(price="100.00", quantity="0.1")
    assert placed["status"] == "NEW"
    assert placed["fills"] == []
    number = placed["orderId"]
    seen = alice.get("/api/v3/order", symbol=SYMBOL, orderId=number).json
    assert (seen["status"], seen["executedQty"], seen["isWorking"]) == ("NEW", "0.00000", True)
    assert seen["clientOrderId"] == placed["clientOrderId"]
    canceled = alice.delete("/api/v3/order", symbol=SYMBOL, orderId=number).json
    assert canceled["status"] == "CANCELED"
    assert canceled["origClientOrderId"] == placed["clientOrderId"]
    assert alice.get("/api/v3/order", symbol=SYMBOL, orderId=number).json["status"] == "CANCELED"
