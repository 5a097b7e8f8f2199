"""What a settled spend moves in the ledger, and back when a reorg undoes it. Coins are booked with it.

The keys name the row and the count of settlements: each is written once, whatever is repeated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection

from custody.bitcoin.types import Purpose
from custody.models import Spend, Withdrawal
from ledger.batch import AccountKey, BatchTransfer, account_ids, post_batch
from ledger.rules import Purpose as Account

BTC = "BTC"
ACCOUNTS = tuple(
    AccountKey(None, BTC, purpose)
    for purpose in (
        Account.WITHDRAWALS,
        Account.HOT_WALLET,
        Account.FEES,
        Account.MINER_FEES,
        Account.COLD_STORAGE,
    )
)
WITHDRAWAL_CODE, FEE_CODE, MINER_CODE, SWEEP_CODE = (
    "withdrawal_settled",
    "withdrawal_fee",
    "miner_fee",
    "sweep",
)
IN_THE_LEDGER = (Purpose.WITHDRAWAL, Purpose.SWEEP, Purpose.BUMP)  # a vault's coins are not the house's


@dataclass(frozen=True, slots=True)
class _Move:
    debit: Account
    credit: Account
    amount_sats: int
    code: str
    key: str
    reference: str


def house_accounts() -> dict[Account, int]:
    """Ids of the accounts that are moved. Ask before anything is locked: it may open some."""
    with connection.cursor() as cursor:
        found = account_ids(cursor, ACCOUNTS)
    return {Account(key.purpose): account_id for key, account_id in found.items()}


def post(
    spend: Spend, withdrawals: list[Withdrawal], swept_sats: int, accounts: Mapping[Account, int]
) -> None:
    """Book the `spend.settlements`-th settlement, of each withdrawal its own; the spend has its
    `settled_fee_sats`."""
    _write(list(_moves(spend, withdrawals, swept_sats)), accounts)


def post_back(
    spend: Spend, withdrawals: list[Withdrawal], swept_sats: int, accounts: Mapping[Account, int]
) -> None:
    """Undo that settlement."""
    moves = [
        _Move(
            one.credit, one.debit, one.amount_sats, f"{one.code}_undone", f"{one.key}:undone", one.reference
        )
        for one in _moves(spend, withdrawals, swept_sats)
    ]
    _write(moves, accounts)


def _moves(spend: Spend, withdrawals: list[Withdrawal], swept_sats: int) -> Iterator[_Move]:
    count, name = spend.settlements, f"spend:{spend.pk}"
    for one in withdrawals:
        reference = f"withdrawal:{one.pk}"
        key = f"{reference}:settled:{one.settlements}"
        yield _Move(Account.WITHDRAWALS, Account.HOT_WALLET, one.amount_sats, WITHDRAWAL_CODE, key, reference)
        if one.fee_sats:
            yield _Move(Account.WITHDRAWALS, Account.FEES, one.fee_sats, FEE_CODE, f"{key}:fee", reference)
    if swept_sats:
        key = f"{name}:swept:{count}"
        yield _Move(Account.COLD_STORAGE, Account.HOT_WALLET, swept_sats, SWEEP_CODE, key, name)
    if spend.settled_fee_sats:
        key = f"{name}:miner:{count}"
        yield _Move(Account.MINER_FEES, Account.HOT_WALLET, spend.settled_fee_sats, MINER_CODE, key, name)


def _write(moves: list[_Move], accounts: Mapping[Account, int]) -> None:
    transfers = [
        BatchTransfer(
            accounts[one.debit], accounts[one.credit], one.amount_sats, one.code, one.key, one.reference
        )
        for one in moves
    ]
    with connection.cursor() as cursor:
        post_batch(cursor, transfers)
