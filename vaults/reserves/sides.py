"""On which side of the books each purpose stands, as the public reads them."""

from enum import StrEnum

from ledger.rules import CUSTOMER_PURPOSES, Purpose


class Side(StrEnum):
    OWED = "OWED"  # to customers, and to those on whose way out it is
    BACKING = "BACKING"  # bitcoin that the house has, dollars that vaults owe it, play money
    HOUSE = "HOUSE"  # what is the house's own: gains above 0, losses below


_OWED = (*CUSTOMER_PURPOSES, Purpose.WITHDRAWALS)
_BACKING = (
    Purpose.HOT_WALLET,
    Purpose.COLD_STORAGE,
    Purpose.REORG_RECEIVABLE,
    Purpose.VAULT_DEBT,
    Purpose.DEMO_ISSUE,
)


def side_of(purpose: Purpose) -> Side:
    if purpose in _OWED:
        return Side.OWED
    return Side.BACKING if purpose in _BACKING else Side.HOUSE


def shown_atoms(purpose: Purpose, balance_atoms: int) -> int:
    """What is there above 0: for whoever backs it, debits are what he has."""
    return -balance_atoms if side_of(purpose) is Side.BACKING else balance_atoms
