"""Every operation of the spot surface."""

from exchange.compat.binance.operations import surface_of
from exchange.compat.binance.spot import account, listen_keys, market_data, orders, tickers, wallet

SPOT = surface_of(
    "binance.spot",
    ("/api/v3/", "/sapi/v1/", "/sapi/v3/"),
    (
        *market_data.OPERATIONS,
        *tickers.OPERATIONS,
        *orders.OPERATIONS,
        *account.OPERATIONS,
        *wallet.OPERATIONS,
        *listen_keys.OPERATIONS,
    ),
)
