"""What can be changed in the ledger: accounts opened, money moved at once or in two phases.

Each service is one transaction (a savepoint inside a caller's) and idempotent by its key: a repeat returns
the first result, the same key for something else is `TransferKeyReused`. Amounts are atoms. Whoever locks
takes pending transfers first and then accounts by id, as `batch` does.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import connection

from ledger import rules
from ledger.batch import BatchTransfer, Settlement, post_batch
from ledger.errors import (
    AccountNotFound,
    AssetNotFound,
    DemoOnly,
    PendingTransferNotFound,
    PendingTransferResolved,
    TransferKeyReused,
)
from ledger.models import MAX_CODE_LENGTH, MAX_KEY_LENGTH, Account, Asset, PendingTransfer, Transfer
from ledger.rules import PendingEvent, PendingStatus, Purpose, Side
from ledger.transactions import one_transaction

Row = TypeVar("Row", Transfer, PendingTransfer)

ASSETS = (("BTC", "Bitcoin", 8), ("USDB", "Ballast dollar", 8))
EXPIRY_BATCH = 500
# The transfer of a posted pending one is named after it, so nobody else may use such a key.
SETTLED_KEY_PREFIX = "pending:"


class Content(NamedTuple):
    """What a key stands for: the same key must come with the same content."""

    debit_id: int
    credit_id: int
    amount_atoms: int
    code: str
    reference: str


@one_transaction
def seed_assets() -> None:
    """Make sure that the assets of the house exist. Repeatable; never changes one that does."""
    for code, name, decimals in ASSETS:
        open_asset(code=code, name=name, decimals=decimals)


@one_transaction
def open_asset(*, code: str, name: str, decimals: int) -> Asset:
    """Get or create. What exists stays as it is: decimals are what the stored integers mean."""
    asset, _ = Asset.objects.get_or_create(code=code, defaults={"name": name, "decimals": decimals})
    return asset


@one_transaction
def open_account(*, owner_id: int | None, asset: str, purpose: Purpose, shard: int = 0) -> Account:
    """Get or create. FUNDING and TRADING accounts have an owner, the others none."""
    assert (owner_id is not None) == (purpose in rules.CUSTOMER_PURPOSES), f"{purpose} of {owner_id}"
    if not Asset.objects.filter(code=asset).exists():
        raise AssetNotFound(f"There is no asset {asset}.", field="asset")
    account, _ = Account.objects.get_or_create(
        owner_id=owner_id, asset_id=asset, purpose=purpose, shard=shard
    )
    return account


@one_transaction
def post_transfer(
    *, debit_id: int, credit_id: int, amount_atoms: int, code: str, key: str, reference: str = ""
) -> Transfer:
    """Move `amount_atoms` from debit to credit now. Refuses what `rules.transfer_refusal` refuses."""
    content = Content(debit_id, credit_id, amount_atoms, code, reference)
    _assert_texts(code, key)
    accounts = _lock_accounts([debit_id, credit_id])
    # Only under the locks: a repeat that waited for the first one sees it here.
    if earlier := Transfer.objects.filter(key=key).first():
        return _same_or_refuse(earlier, content)
    _refuse(rules.transfer_refusal(_side(accounts, debit_id), _side(accounts, credit_id), amount_atoms))
    # Past this line it must succeed.
    with connection.cursor() as cursor:
        post_batch(cursor, [BatchTransfer(debit_id, credit_id, amount_atoms, code, key, reference)])
    return Transfer.objects.get(key=key)


@one_transaction
def hold_transfer(
    *,
    debit_id: int,
    credit_id: int,
    amount_atoms: int,
    code: str,
    key: str,
    reference: str = "",
    expires_at: datetime | None = None,
) -> PendingTransfer:
    """Set `amount_atoms` aside in debit for a transfer that is posted or voided later.

    Give `expires_at` only where nobody else drives it to its end. Out of a trading account nothing is
    reserved: the engine decides whether it posts.
    """
    content = Content(debit_id, credit_id, amount_atoms, code, reference)
    _assert_texts(code, key)
    accounts = _lock_accounts([debit_id]) | _read_accounts([credit_id])
    if earlier := PendingTransfer.objects.filter(key=key).first():
        return _same_or_refuse(earlier, content)
    debit = _side(accounts, debit_id)
    _refuse(rules.hold_refusal(debit, _side(accounts, credit_id), amount_atoms))
    # Past this line it must succeed.
    Account.objects.filter(pk=debit_id).update(pending_debits_atoms=debit.pending_debits_atoms + amount_atoms)
    return PendingTransfer.objects.create(**content._asdict(), key=key, expires_at=expires_at)


@one_transaction
def post_pending(*, pending_id: int) -> PendingTransfer:
    """Let it happen: append its transfer, move both balances. Posted already: no change."""
    pending = _lock_pending(pending_id)
    if _is_at_end(pending, PendingEvent.POST):
        return pending
    accounts = _lock_accounts([pending.debit_id, pending.credit_id])
    debit, credit = _side(accounts, pending.debit_id), _side(accounts, pending.credit_id)
    _refuse(rules.settlement_refusal(debit, credit, pending.amount_atoms))
    return _settled(pending, Settlement(pending_id, PendingEvent.POST))


@one_transaction
def void_pending(*, pending_id: int, reason: str) -> PendingTransfer:
    """Let it not happen: release what was set aside. Voided already: no change, the first reason stays."""
    pending = _lock_pending(pending_id)
    if _is_at_end(pending, PendingEvent.VOID):
        return pending
    return _settled(pending, Settlement(pending_id, PendingEvent.VOID, reason))


@one_transaction
def expire_pending(*, now: datetime) -> int:
    """Expire what is due, at most EXPIRY_BATCH; the number that expired. One without an expiry never does."""
    due = PendingTransfer.objects.filter(status=PendingStatus.PENDING, expires_at__lte=now).order_by("id")
    claimed = due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:EXPIRY_BATCH]
    settlements = [Settlement(pending_id, PendingEvent.EXPIRE, "expired") for pending_id in claimed]
    with connection.cursor() as cursor:
        post_batch(cursor, (), settlements)
    return len(settlements)


@one_transaction
def issue_demo_funds(*, owner_id: int, asset: str, amount_atoms: int, key: str) -> Transfer:
    """Give play money to a user's funding account, against the house's demo issue. Refused unless DEMO."""
    if not settings.DEMO:
        raise DemoOnly("Play money exists in demo mode only.")
    issue = open_account(owner_id=None, asset=asset, purpose=Purpose.DEMO_ISSUE)
    funding = open_account(owner_id=owner_id, asset=asset, purpose=Purpose.FUNDING)
    return post_transfer(
        debit_id=issue.pk, credit_id=funding.pk, amount_atoms=amount_atoms, code="DEMO_ISSUE", key=key
    )


def _assert_texts(code: str, key: str) -> None:
    assert 0 < len(code) <= MAX_CODE_LENGTH, code
    assert 0 < len(key) <= MAX_KEY_LENGTH, key
    assert not key.startswith(SETTLED_KEY_PREFIX), key


def _read_accounts(account_ids: Iterable[int]) -> dict[int, Account]:
    return {account.pk: account for account in Account.objects.filter(pk__in=account_ids)}


def _lock_accounts(account_ids: Iterable[int]) -> dict[int, Account]:
    rows = Account.objects.filter(pk__in=account_ids).order_by("pk").select_for_update(no_key=True)
    return {account.pk: account for account in rows}


def _side(accounts: dict[int, Account], account_id: int) -> Side:
    account = accounts.get(account_id)
    if account is None:
        raise AccountNotFound(f"There is no ledger account {account_id}.")
    return Side(
        account_id,
        account.asset_id,
        Purpose(account.purpose),
        account.balance_atoms,
        account.pending_debits_atoms,
    )


def _refuse(refusal: Exception | None) -> None:
    if refusal is not None:
        raise refusal


def _same_or_refuse(row: Row, content: Content) -> Row:
    if content != (row.debit_id, row.credit_id, row.amount_atoms, row.code, row.reference):
        raise TransferKeyReused("This key was used for something else.", field="key", key=row.key)
    return row


def _lock_pending(pending_id: int) -> PendingTransfer:
    pending = PendingTransfer.objects.select_for_update(no_key=True).filter(pk=pending_id).first()
    if pending is None:
        raise PendingTransferNotFound(f"There is no pending transfer {pending_id}.")
    return pending


def _is_at_end(pending: PendingTransfer, event: PendingEvent) -> bool:
    """Whether `event` has happened already; refuses if another end has."""
    status = PendingStatus(pending.status)
    following = rules.next_status(status, event)
    if following is None:
        raise PendingTransferResolved(
            f"Pending transfer {pending.pk} is {status}", pending_id=pending.pk, status=status.value
        )
    return following is status


def _settled(pending: PendingTransfer, settlement: Settlement) -> PendingTransfer:
    with connection.cursor() as cursor:
        post_batch(cursor, (), [settlement])
    pending.refresh_from_db()
    return pending
