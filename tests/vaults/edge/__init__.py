"""Vaults as they are shown, without a house."""
