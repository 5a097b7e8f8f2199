"""Changes of what guards an account: each holds its withdrawals for a while."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from access.models import SecurityChange, SecurityChangeKind

__all__ = [
    "Change",
    "SecurityChangeKind",
    "changed_since",
    "latest_changes",
    "note_security_change",
    "security_held_until",
]


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` as SecurityChangeKind."""

    kind: str
    at: datetime


def note_security_change(*, user_id: int, kind: SecurityChangeKind, at: datetime) -> None:
    """Inside the transaction that makes the change. PASSWORD is noted by a trigger, whoever changes it."""
    SecurityChange.objects.create(user_id=user_id, kind=kind, at=at)


def security_held_until(*, user_id: int, hold_seconds: int) -> datetime | None:
    """When the hold of the latest change ends, or ended; None where nothing was ever changed."""
    latest: datetime | None = SecurityChange.objects.filter(user_id=user_id).aggregate(at=Max("at"))["at"]
    return None if latest is None else latest + timedelta(seconds=hold_seconds)


def changed_since(*, user_ids: Collection[int], moment: datetime) -> set[int]:
    """Those of the users with a change after `moment`: a hold that began at or before it has ended."""
    late = SecurityChange.objects.filter(user_id__in=user_ids, at__gt=moment)
    return set(late.values_list("user_id", flat=True))


def latest_changes(user_ids: Collection[int]) -> dict[int, Change]:
    """Of each of a few users the latest; who never changed anything is not among them."""
    found = {}
    for user_id in user_ids:  # each is the end of one range of the index
        row = SecurityChange.objects.filter(user_id=user_id).order_by("-at").first()
        if row is not None:
            found[user_id] = Change(row.kind, row.at)
    return found
