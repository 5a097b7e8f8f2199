"""What vaults store. Only `services` write here."""

from vaults.models.collateral import CoinCursor, CollateralWithdrawal, VaultCoin
from vaults.models.figures import FeeAccumulator, FiguresProposal, FiguresVersion
from vaults.models.reserves import ReserveLeaves, ReserveSnapshot
from vaults.models.vault import Operation, Vault

__all__ = [
    "CoinCursor",
    "CollateralWithdrawal",
    "FeeAccumulator",
    "FiguresProposal",
    "FiguresVersion",
    "Operation",
    "ReserveLeaves",
    "ReserveSnapshot",
    "Vault",
    "VaultCoin",
]
