"""What can be asked of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from access.together import Question, ask
from ledger.identities import CHECKS, Check
from ledger.models import Account, Asset, PendingTransfer, Transfer
from ledger.money import INT64_MAX
from ledger.rules import PendingStatus, Purpose

__all__ = [
    "Check",
    "Finding",
    "Posting",
    "assets",
    "balances_after",
    "balances_of",
    "examine",
    "findings",
    "house_balance",
    "identity_checks",
    "identity_violations",
    "open_pending",
    "owed_to_customers",
    "postings_of",
    "transfers_of",
]

OFFENDERS_SHOWN = 10
_HOUSE_BALANCE = """
SELECT sum(balance_atoms) FROM ledger_account WHERE asset_id = %s AND owner_id IS NULL AND purpose = %s"""
_HOUSE_SUM = "SELECT sum(balance_atoms) FROM ledger_account WHERE asset_id = %s AND owner_id IS NULL"
_LONGEST_TRANSACTION = timedelta(minutes=1)
_COUNTED = "SELECT count(*) OVER () AS violations, o.* FROM ({offenders}) AS o LIMIT {limit}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome: how many rows offend, and the first OFFENDERS_SHOWN of them."""

    name: str
    meaning: str
    violations: int
    offenders: Sequence[Mapping[str, object]]


def assets() -> dict[str, Asset]:
    """Every asset by its code."""
    return {asset.code: asset for asset in Asset.objects.order_by("code")}


def balances_of(*, owner_id: int) -> list[Account]:
    """A customer's accounts, by asset and purpose."""
    return list(Account.objects.filter(owner_id=owner_id).order_by("asset_id", "purpose", "shard"))


def house_balance(*, asset: str, purpose: Purpose) -> int:
    """What the house's accounts of a purpose hold together, without looking at what moved through them."""
    return ask(house_balance_question(asset=asset, purpose=purpose))


def house_balance_question(*, asset: str, purpose: Purpose) -> Question[int]:
    return Question(_HOUSE_BALANCE, [asset, purpose.value], lambda rows: int(rows[0][0] or 0))


def owed_to_customers(*, asset: str) -> int:
    """What all customers hold together. All accounts of an asset come to 0, so the house's few tell it."""
    return -ask(Question(_HOUSE_SUM, [asset], lambda rows: int(rows[0][0] or 0)))


def transfers_of(*, account_id: int, before_id: int | None = None, limit: int = 100) -> list[Transfer]:
    """What moved through an account, latest first, older than `before_id`."""
    older = Transfer.objects.all() if before_id is None else Transfer.objects.filter(id__lt=before_id)
    # Two ordered reads of one index each; a single OR would sort the account's whole history.
    debits = older.filter(debit_id=account_id).order_by("-id")[:limit]
    credits = older.filter(credit_id=account_id).order_by("-id")[:limit]
    return sorted([*debits, *credits], key=lambda transfer: -transfer.pk)[:limit]


def open_pending(*, code: str, created_before: datetime, limit: int = 100) -> list[PendingTransfer]:
    """What is still in transit for its driver to take up again, oldest first."""
    rows = PendingTransfer.objects.filter(
        status=PendingStatus.PENDING, code=code, created_at__lt=created_before
    )
    return list(rows.order_by("id")[:limit])


def identity_checks() -> tuple[Check, ...]:
    """The ledger's own checks and those that other apps add (dotted paths in LEDGER_CHECKS)."""
    added = [import_string(path) for path in getattr(settings, "LEDGER_CHECKS", ())]
    return CHECKS + tuple(check for checks in added for check in checks)


def findings() -> list[Finding]:
    """Every check with its outcome."""
    return [examine(check, check.offenders) for check in identity_checks()]


def identity_violations() -> list[Finding]:
    """The checks that do not hold; empty in a healthy ledger."""
    return [finding for finding in findings() if finding.violations]


def examine(check: Check, offenders_query: str) -> Finding:
    """The outcome of one of the check's queries: `offenders`, or `recent`."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(offenders=offenders_query, limit=OFFENDERS_SHOWN))
        names = [column.name for column in cursor.description or ()][1:]
        rows = cursor.fetchall()
    offenders = [dict(zip(names, row[1:], strict=True)) for row in rows]
    return Finding(check.name, check.meaning, rows[0][0] if rows else 0, offenders)


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a transfer, as its account's owner sees it: `amount_atoms` below 0 went out."""

    transfer_id: int
    account_id: int
    purpose: str
    asset: str
    shard: int
    amount_atoms: int
    code: str
    reference: str
    created_at: datetime


# One ordered read of each index for each account; a transfer without a reference is known by its key.
_POSTINGS = """
SELECT t.id, a.id, a.purpose, a.asset_id, a.shard, t.amount, t.code, t.reference, t.created_at
  FROM ledger_account AS a CROSS JOIN LATERAL (
       (SELECT id, amount_atoms AS amount, code, coalesce(nullif(reference, ''), key) AS reference, created_at
          FROM ledger_transfer
         WHERE credit_id = a.id AND id <= %(last)s AND id >= %(first)s
           AND (id, a.id) < (%(before_transfer)s, %(before_account)s)
           AND created_at >= %(start)s AND created_at < %(end)s
         ORDER BY id DESC LIMIT %(limit)s)
        UNION ALL
       (SELECT id, -amount_atoms, code, coalesce(nullif(reference, ''), key), created_at
          FROM ledger_transfer
         WHERE debit_id = a.id AND id <= %(last)s AND id >= %(first)s
           AND (id, a.id) < (%(before_transfer)s, %(before_account)s)
           AND created_at >= %(start)s AND created_at < %(end)s
         ORDER BY id DESC LIMIT %(limit)s)) AS t
 WHERE a.owner_id = %(owner)s
 ORDER BY t.id DESC, a.id DESC LIMIT %(limit)s"""

_BALANCES = """
SELECT wanted.account, a.balance_atoms
       - (SELECT coalesce(sum(amount_atoms), 0) FROM ledger_transfer
           WHERE credit_id = a.id AND id > wanted.transfer)
       + (SELECT coalesce(sum(amount_atoms), 0) FROM ledger_transfer
           WHERE debit_id = a.id AND id > wanted.transfer)
  FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(account, transfer)
  JOIN ledger_account AS a ON a.id = wanted.account"""


def postings_of(
    *,
    owner_id: int,
    start: datetime,
    end: datetime,
    before: tuple[int, int] | None = None,
    limit: int,
) -> list[Posting]:
    """What moved through a customer's accounts in [start, end), latest first. `before`: (transfer, account)
    of the last posting that was seen."""
    before_transfer, before_account = before or (INT64_MAX, INT64_MAX)
    values: dict[str, int | datetime] = {
        "owner": owner_id,
        "first": _first_transfer_since(start - _LONGEST_TRANSACTION),
        "last": min(_first_transfer_since(end + _LONGEST_TRANSACTION), before_transfer),
        "before_transfer": before_transfer,
        "before_account": before_account,
        "start": start,
        "end": end,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POSTINGS, values)
        return [Posting(*row) for row in cursor.fetchall()]


def balances_after(transfers: Mapping[int, int]) -> dict[int, int]:
    """By account: its balance right after this transfer of it."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [list(transfers), list(transfers.values())])
        return {account: int(atoms) for account, atoms in cursor.fetchall()}


def _first_transfer_since(moment: datetime) -> int:
    """The lowest id of those that were made then or later, one above the highest where there is none. Ids
    stand in the order of time but for transactions at one time; time itself has no index."""
    newest = Transfer.objects.order_by("-id").first()
    low, high = 0, newest.pk + 1 if newest else 1
    while low < high:
        middle = (low + high) // 2
        row = Transfer.objects.filter(id__gte=middle, id__lt=high).order_by("id").first()
        if row is None or row.created_at >= moment:
            high = middle
        else:
            low = row.pk + 1
    return low
