"""The trading API's part of the URLs."""

from django.urls import path

from exchange.api.fee_tier import FeeTierEndpoint
from exchange.api.markets import (
    BookEndpoint,
    CandlesEndpoint,
    MarketEndpoint,
    MarketsEndpoint,
    TickerEndpoint,
    TickersEndpoint,
    TradesEndpoint,
)
from exchange.api.orders import (
    CancelBatchEndpoint,
    ClientOrderEndpoint,
    OrderBatchEndpoint,
    OrderEndpoint,
    OrdersEndpoint,
)
from exchange.api.statements import LedgerStatementEndpoint, TradeStatementEndpoint
from exchange.api.switch import SwitchEndpoint
from exchange.api.wallets import (
    BalancesEndpoint,
    FaucetEndpoint,
    FillsEndpoint,
    TransferEndpoint,
    TransfersEndpoint,
)

urlpatterns = [
    path("markets", MarketsEndpoint.as_view()),
    path("markets/<str:market>", MarketEndpoint.as_view()),
    path("markets/<str:market>/book", BookEndpoint.as_view()),
    path("markets/<str:market>/trades", TradesEndpoint.as_view()),
    path("markets/<str:market>/ticker", TickerEndpoint.as_view()),
    path("markets/<str:market>/candles", CandlesEndpoint.as_view()),
    path("tickers", TickersEndpoint.as_view()),
    path("orders", OrdersEndpoint.as_view()),
    path("orders/batch", OrderBatchEndpoint.as_view()),
    path("orders/cancel-batch", CancelBatchEndpoint.as_view()),
    path("orders/<str:order_id>", OrderEndpoint.as_view()),
    path("orders/by-client-id/<str:client_order_id>", ClientOrderEndpoint.as_view()),
    path("dead-mans-switch", SwitchEndpoint.as_view()),
    path("fills", FillsEndpoint.as_view()),
    path("balances", BalancesEndpoint.as_view()),
    path("transfers", TransfersEndpoint.as_view()),
    path("transfers/<str:transfer_id>", TransferEndpoint.as_view()),
    path("fee-tier", FeeTierEndpoint.as_view()),
    path("statements/ledger", LedgerStatementEndpoint.as_view()),
    path("statements/trades", TradeStatementEndpoint.as_view()),
    path("faucet", FaucetEndpoint.as_view()),
]
