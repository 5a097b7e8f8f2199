"""The terms on which rounds are decided: the newest policy, and the row of each source of the settings."""

from collections.abc import Mapping

from django.conf import settings

from oracle.models import PolicyVersion, SourceRow
from oracle.rules.encoding import policy_from_json
from oracle.rules.names import HOUSE, read_name
from oracle.rules.policy import Policy, SourceTerms

COLUMNS = ("weight", "min_price_e8", "max_price_e8", "max_age_ms")


def seed_sources() -> None:
    """Make the rows that the settings' sources lack. What operators have set stays; so do rows of others."""
    for name in settings.ORACLE_SOURCES:
        read = read_name(name)
        SourceRow.objects.get_or_create(
            name=name,
            defaults={
                "base": read.base,
                "currency": read.currency,
                "weight": 0 if read.kind == HOUSE else SourceTerms().weight,
            },
        )


def policy_in_force() -> Policy:
    """The newest version with the terms of every source of the settings; without one the built-in figures.

    A source without a row is taken as a new one is: the release step may not have run since it was named.
    """
    rows = {row.name: row for row in SourceRow.objects.filter(name__in=settings.ORACLE_SOURCES)}
    sources = {name: _terms(name, rows) for name in settings.ORACLE_SOURCES}
    newest = PolicyVersion.objects.order_by("-pk").first()
    if newest is None:
        return Policy(sources=sources)
    return policy_from_json(newest.content, newest.pk, sources)


def _terms(name: str, rows: Mapping[str, SourceRow]) -> SourceTerms:
    read, row = read_name(name), rows.get(name)
    if row is None:
        return SourceTerms(
            base=read.base, currency=read.currency, weight=0 if read.kind == HOUSE else SourceTerms().weight
        )
    return SourceTerms(
        enabled=row.is_enabled,
        base=read.base,
        currency=read.currency,
        **{column: getattr(row, column) for column in COLUMNS},
    )
