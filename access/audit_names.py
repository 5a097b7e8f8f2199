"""By which name the audit trail calls who did something: its entries keep numbers, which outlive names."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery

from access.models import AuditEntry


def with_names(rows: "QuerySet[AuditEntry]") -> "QuerySet[Any]":
    """Each entry with the name that its number has now, by the same query."""
    people = get_user_model()._default_manager.filter(pk=OuterRef("user_id"))
    return rows.annotate(actor=Subquery(people.values("username")[:1]))


def who_did(entry: Any) -> str:
    """Of a row of `with_names`."""
    if entry.user_id is None:
        return "the house"
    return f"{entry.actor} ({entry.user_id})" if entry.actor else f"user {entry.user_id}"
