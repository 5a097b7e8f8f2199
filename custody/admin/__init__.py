"""Custody in the admin: all of it to be read; a change asks for a reason."""

from custody.admin import chain, deposits, restorations, spends, terms, withdrawals

__all__ = ["chain", "deposits", "restorations", "spends", "terms", "withdrawals"]
