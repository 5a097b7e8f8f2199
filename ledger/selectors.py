"""What can be asked of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from ledger.identities import CHECKS, Check
from ledger.models import Account, Asset, PendingTransfer, Transfer
from ledger.rules import PendingStatus

__all__ = [
    "Check",
    "Finding",
    "assets",
    "balances_of",
    "findings",
    "identity_checks",
    "identity_violations",
    "open_pending",
    "transfers_of",
]

OFFENDERS_SHOWN = 10
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
    return [_examine(check) for check in identity_checks()]


def identity_violations() -> list[Finding]:
    """The checks that do not hold; empty in a healthy ledger."""
    return [finding for finding in findings() if finding.violations]


def _examine(check: Check) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(offenders=check.offenders, limit=OFFENDERS_SHOWN))
        names = [column.name for column in cursor.description or ()][1:]
        rows = cursor.fetchall()
    offenders = [dict(zip(names, row[1:], strict=True)) for row in rows]
    return Finding(check.name, check.meaning, rows[0][0] if rows else 0, offenders)
