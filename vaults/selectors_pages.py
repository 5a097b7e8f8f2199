"""Pages of what an owner has, latest first, each after the moment and the id that the last one ended with;
and how many events there are, for who follows them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from vaults.models import CollateralWithdrawal, Vault
from vaults.selectors import vault_rows

Before = tuple[datetime, UUID]


def vault_page(owner_id: int, *, before: Before | None, limit: int) -> list[Vault]:
    rows = vault_rows(owner_id).filter(_earlier(before))
    return list(rows.order_by("-created_at", "-pk")[:limit])


def withdrawal_page(vault: Vault, *, before: Before | None, limit: int) -> list[CollateralWithdrawal]:
    rows = CollateralWithdrawal.objects.filter(_earlier(before), vault=vault)
    return list(rows.order_by("-created_at", "-pk")[:limit])


def versions_of(owner_id: int, *, limit: int) -> dict[UUID, int]:
    """Of the vaults that were opened last, each one's latest event."""
    rows = Vault.objects.filter(owner_id=owner_id).order_by("-created_at", "-pk")
    return dict(rows.values_list("pk", "version")[:limit])


def event_counts(owner_ids: Iterable[int]) -> dict[int, int]:
    """Of each owner, how many events his vaults have had."""
    rows = Vault.objects.filter(owner_id__in=owner_ids).values_list("owner_id")
    return dict(rows.annotate(events=Sum("version")))


def _earlier(before: Before | None) -> Q:
    if before is None:
        return Q()
    at, row = before
    return Q(created_at__lt=at) | Q(created_at=at, pk__lt=row)
