"""Custody's part of the URLs."""

from django.urls import path

from custody.api.about import CustodyEndpoint
from custody.api.addresses import AllowedAddressEndpoint, AllowedAddressesEndpoint
from custody.api.deposits import DepositAddressEndpoint, DepositEndpoint, DepositsEndpoint
from custody.api.withdrawals import WithdrawalEndpoint, WithdrawalLimitsEndpoint, WithdrawalsEndpoint

urlpatterns = [
    path("custody", CustodyEndpoint.as_view()),
    path("deposit-address", DepositAddressEndpoint.as_view()),
    path("deposits", DepositsEndpoint.as_view()),
    path("deposits/<str:deposit_id>", DepositEndpoint.as_view()),
    path("withdrawals", WithdrawalsEndpoint.as_view()),
    path("withdrawals/<str:withdrawal_id>", WithdrawalEndpoint.as_view()),
    path("withdrawal-limits", WithdrawalLimitsEndpoint.as_view()),
    path("withdrawal-addresses", AllowedAddressesEndpoint.as_view()),
    path("withdrawal-addresses/<str:address_id>", AllowedAddressEndpoint.as_view()),
]
