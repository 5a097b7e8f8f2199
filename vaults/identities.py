"""What must be true of vaults at every commit (see `ledger.identities`)."""

from ledger.identities import Check

CHECKS: tuple[Check, ...] = ()
