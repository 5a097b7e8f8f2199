"""Bodies that could be sent, for the OpenAPI document."""

ORDER = {
    "market": "BTC-USDB",
    "side": "BUY",
    "type": "LIMIT",
    "price": "42000.50",
    "quantity": "0.01",
    "client_order_id": "my-first-order",
}
STOP = {
    "market": "BTC-USDB",
    "side": "SELL",
    "type": "STOP_MARKET",
    "trigger_price": "39000",
    "quantity": "0.01",
}
BATCH = {"orders": [ORDER, STOP]}
AMENDMENT = {"price": "42001", "quantity": "0.02"}
CANCELS = {"orders": [{"order_id": "640"}, {"client_order_id": "my-first-order"}]}
SWITCH = {"timeout_ms": 60_000}
