"""What the ledger decides, purely: the life of a pending transfer and what makes a transfer refused.

Amounts are atoms. A balance is credits minus debits.
"""

from dataclasses import dataclass
from enum import StrEnum

from access.errors import DomainError
from ledger.errors import AmountOutOfRange, AssetMismatch, InsufficientFunds, SameAccount
from ledger.money import INT64_MAX


class Purpose(StrEnum):
    FUNDING = "FUNDING"
    TRADING = "TRADING"
    CLEARING = "CLEARING"
    FEES = "FEES"
    DEMO_ISSUE = "DEMO_ISSUE"
    HOT_WALLET = "HOT_WALLET"  # bitcoin in the house's wallets: what it has is below 0 here
    COLD_STORAGE = "COLD_STORAGE"
    WITHDRAWALS = "WITHDRAWALS"  # left customers, not yet the house
    REORG_RECEIVABLE = "REORG_RECEIVABLE"  # credited, spent, and undone by the network
    MINER_FEES = "MINER_FEES"
    HOUSE = "HOUSE"  # the house's own capital
    VAULT_DEBT = "VAULT_DEBT"  # what vaults owe: below 0 here
    VAULT_ROUNDING = "VAULT_ROUNDING"  # atoms that rounding debt up leaves over


# A customer's account has an owner and never owes; all others are the house's and may be negative.
CUSTOMER_PURPOSES = (Purpose.FUNDING, Purpose.TRADING)


class PendingStatus(StrEnum):
    PENDING = "PENDING"
    POSTED = "POSTED"
    VOIDED = "VOIDED"
    EXPIRED = "EXPIRED"


class PendingEvent(StrEnum):
    POST = "POST"
    VOID = "VOID"
    EXPIRE = "EXPIRE"


# A pair that is missing is refused. An end reached again is no change, so that drivers may repeat themselves.
TRANSITIONS: dict[tuple[PendingStatus, PendingEvent], PendingStatus] = {
    (PendingStatus.PENDING, PendingEvent.POST): PendingStatus.POSTED,
    (PendingStatus.PENDING, PendingEvent.VOID): PendingStatus.VOIDED,
    (PendingStatus.PENDING, PendingEvent.EXPIRE): PendingStatus.EXPIRED,
    (PendingStatus.POSTED, PendingEvent.POST): PendingStatus.POSTED,
    (PendingStatus.VOIDED, PendingEvent.VOID): PendingStatus.VOIDED,
    (PendingStatus.EXPIRED, PendingEvent.EXPIRE): PendingStatus.EXPIRED,
}


def next_status(status: PendingStatus, event: PendingEvent) -> PendingStatus | None:
    """Where `event` leads from `status`; None if it is refused."""
    return TRANSITIONS.get((status, event))


@dataclass(frozen=True, slots=True)
class Side:
    """One account of a transfer, as it stands under its lock."""

    account_id: int
    asset: str
    purpose: Purpose
    balance_atoms: int
    pending_debits_atoms: int


def spendable_atoms(side: Side) -> int | None:
    """What may leave the account now; None means without limit (an account of the house).

    A trading account's open orders are the engine's to guard, so only its balance limits it here.
    """
    if side.purpose is Purpose.FUNDING:
        return side.balance_atoms - side.pending_debits_atoms
    if side.purpose is Purpose.TRADING:
        return side.balance_atoms
    return None


def transfer_refusal(debit: Side, credit: Side, amount_atoms: int) -> DomainError | None:
    """Why `amount_atoms` cannot move from `debit` to `credit` now; None if it can."""
    return (
        _pair_refusal(debit, credit, amount_atoms)
        or _funds_refusal(debit, spendable_atoms(debit), amount_atoms)
        or _range_refusal(debit, credit, amount_atoms)
    )


def hold_refusal(debit: Side, credit: Side, amount_atoms: int) -> DomainError | None:
    """Why `amount_atoms` cannot be set aside in `debit`; None if it can.

    Out of a trading account a pending transfer is only an intent: the engine decides whether it posts.
    """
    limit = spendable_atoms(debit) if debit.purpose is Purpose.FUNDING else None
    refusal = _pair_refusal(debit, credit, amount_atoms) or _funds_refusal(debit, limit, amount_atoms)
    if refusal is None and debit.pending_debits_atoms + amount_atoms > INT64_MAX:
        return AmountOutOfRange("More would be pending than an account can count.", field="amount")
    return refusal


def settlement_refusal(debit: Side, credit: Side, amount_atoms: int) -> DomainError | None:
    """Why a pending transfer cannot be posted now. What it set aside is its own to spend."""
    limit = None if spendable_atoms(debit) is None else debit.balance_atoms
    return _funds_refusal(debit, limit, amount_atoms) or _range_refusal(debit, credit, amount_atoms)


def _pair_refusal(debit: Side, credit: Side, amount_atoms: int) -> DomainError | None:
    if not 0 < amount_atoms <= INT64_MAX:
        return AmountOutOfRange("The amount must be from 1 to 2^63 - 1 atoms.", field="amount")
    if debit.account_id == credit.account_id:
        return SameAccount("A transfer needs two different accounts.")
    if debit.asset != credit.asset:
        return AssetMismatch(f"One account holds {debit.asset}, the other {credit.asset}.", field="asset")
    return None


def _funds_refusal(debit: Side, limit_atoms: int | None, amount_atoms: int) -> DomainError | None:
    if limit_atoms is None or amount_atoms <= limit_atoms:
        return None
    return InsufficientFunds(
        f"Not enough {debit.asset}.",
        field="amount",
        asset=debit.asset,
        available_atoms=limit_atoms,
        required_atoms=amount_atoms,
    )


def _range_refusal(debit: Side, credit: Side, amount_atoms: int) -> DomainError | None:
    if debit.balance_atoms - amount_atoms < -INT64_MAX or credit.balance_atoms + amount_atoms > INT64_MAX:
        return AmountOutOfRange("A balance would leave the 64-bit range.", field="amount")
    return None
