"""What must be true of rounds and minutes at every commit (see `ledger.identities`)."""

from ledger.identities import Check

CHECKS: tuple[Check, ...] = ()
