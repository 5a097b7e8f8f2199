"""Vaults in the admin, only to be read but for what two operators decide together."""

from vaults.admin import collateral, figures, reserves, vaults

__all__ = ["collateral", "figures", "reserves", "vaults"]
