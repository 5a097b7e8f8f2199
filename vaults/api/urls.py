"""The vaults' part of the URLs."""

from django.urls import path

from vaults.api.collateral import (
    CloseEndpoint,
    CollateralWithdrawalEndpoint,
    SignEndpoint,
    TakeEndpoint,
)
from vaults.api.debt import MintEndpoint, RepayEndpoint, SaveEndpoint
from vaults.api.reserves import (
    ProofEndpoint,
    ReservesEndpoint,
    ReserveVaultEndpoint,
    ReserveVaultsEndpoint,
    SnapshotEndpoint,
    SnapshotsEndpoint,
)
from vaults.api.terms import PreviewEndpoint, TermsEndpoint
from vaults.api.vaults import (
    VaultDepositsEndpoint,
    VaultEndpoint,
    VaultEventsEndpoint,
    VaultExportEndpoint,
    VaultsEndpoint,
    VaultWithdrawalsEndpoint,
)

_ONE = "vaults/<str:vault_id>"
_WITHDRAWAL = f"{_ONE}/withdrawals/<str:withdrawal_id>"

urlpatterns = [
    path("vaults", VaultsEndpoint.as_view()),
    path("vaults/terms", TermsEndpoint.as_view()),
    path(_ONE, VaultEndpoint.as_view()),
    path(f"{_ONE}/events", VaultEventsEndpoint.as_view()),
    path(f"{_ONE}/deposits", VaultDepositsEndpoint.as_view()),
    path(f"{_ONE}/export", VaultExportEndpoint.as_view()),
    path(f"{_ONE}/preview", PreviewEndpoint.as_view()),
    path(f"{_ONE}/mint", MintEndpoint.as_view()),
    path(f"{_ONE}/repay", RepayEndpoint.as_view()),
    path(f"{_ONE}/save", SaveEndpoint.as_view()),
    path(f"{_ONE}/withdraw", TakeEndpoint.as_view()),
    path(f"{_ONE}/close", CloseEndpoint.as_view()),
    path(f"{_ONE}/withdrawals", VaultWithdrawalsEndpoint.as_view()),
    path(_WITHDRAWAL, CollateralWithdrawalEndpoint.as_view()),
    path(f"{_WITHDRAWAL}/sign", SignEndpoint.as_view()),
    path("reserves", ReservesEndpoint.as_view()),
    path("reserves/vaults", ReserveVaultsEndpoint.as_view()),
    path("reserves/vaults/<str:vault_id>", ReserveVaultEndpoint.as_view()),
    path("reserves/snapshots", SnapshotsEndpoint.as_view()),
    path("reserves/snapshots/<str:snapshot_id>", SnapshotEndpoint.as_view()),
    path("reserves/proof", ProofEndpoint.as_view()),
]
