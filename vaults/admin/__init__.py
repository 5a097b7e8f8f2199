"""Vaults in the admin, only to be read but for what two operators decide together."""

from vaults.admin import reserves

__all__ = ["reserves"]
