"""The oracle's part of the URLs."""

from django.urls import path

from oracle.api.prices import (
    HistoryEndpoint,
    OracleCandlesEndpoint,
    PriceEndpoint,
    StateEndpoint,
    TwapEndpoint,
)

urlpatterns = [
    path("oracle/price", PriceEndpoint.as_view()),
    path("oracle/state", StateEndpoint.as_view()),
    path("oracle/history", HistoryEndpoint.as_view()),
    path("oracle/candles", OracleCandlesEndpoint.as_view()),
    path("oracle/twap", TwapEndpoint.as_view()),
]
