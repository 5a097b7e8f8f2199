"""Temporary tables in the place of the vaults' own: one session's, gone at its end, seen by nobody else."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from psycopg import Cursor

from vaults.models import FiguresVersion
from vaults.rules.figures import Figures, as_values
from vaults.rules.ratios import stored_key
from vaults.rules.standing import Standing, standing_of
from vaults.rules.statuses import VaultStatus
from vaults.simulation.population import Synthetic

_TABLES = ("vaults_figuresversion", "vaults_vault", "ledger_domainevent")
# Temporary tables come before others of their name; this proves that these do, before anything is written.
_ARE_TEMPORARY = """
SELECT bool_and(relpersistence = 't') FROM pg_class WHERE oid = ANY(%s::regclass[]::oid[])"""
_COPY = """
COPY vaults_vault (id, owner_id, label, figures_id, address, status, status_before, collateral_sats,
    normalised_atoms, liquidation_key, warning_key, version, created_at, changed_at) FROM STDIN"""
_NOBODY = 0  # an owner that is no user
STATES = {
    Standing.SAFE: VaultStatus.ACTIVE,
    Standing.WARNED: VaultStatus.WARNING,
    Standing.LIQUIDATABLE: VaultStatus.LIQUIDATING,
}


@contextmanager
def shadowed() -> Iterator[None]:
    """Whatever the block writes into these tables ends with it; it takes no lock that others wait for."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(f"CREATE TEMP TABLE {table} (LIKE {table} INCLUDING ALL) ON COMMIT DROP")
            cursor.execute(_ARE_TEMPORARY, [list(_TABLES)])
            row = cursor.fetchone()
        assert row is not None
        assert row[0] is True, "a table of the house would be written"
        yield
        transaction.set_rollback(True)


def fill(
    vaults: Iterable[Synthetic], figures: Figures, price_e8: int, now: datetime, owner_id: int = _NOBODY
) -> int:
    """Put them where they stand at this price, with the keys that their services would give them. Gives how
    many."""
    pinned = FiguresVersion.objects.create(**as_values(figures), reason="A simulation.")
    with connection.cursor() as cursor:
        inner: Cursor[object] = cursor.cursor
        count = 0
        with inner.copy(_COPY) as copy:
            for vault in vaults:
                copy.write_row(_row(vault, owner_id, pinned.pk, figures, price_e8, now))
                count += 1
        cursor.execute("ANALYZE vaults_vault")
    return count


def _row(
    vault: Synthetic, owner_id: int, figures_id: int, figures: Figures, price_e8: int, now: datetime
) -> tuple[object, ...]:
    standing = standing_of(vault.collateral_sats, vault.debt_atoms, price_e8, figures)
    keys = (
        stored_key(vault.debt_atoms, vault.collateral_sats, figures.liquidation_ratio_ppm),
        stored_key(vault.debt_atoms, vault.collateral_sats, figures.warning_ratio_ppm),
    )
    held = (vault.collateral_sats, vault.debt_atoms)
    return (vault.id, owner_id, "", figures_id, "", STATES[standing].value, "", *held, *keys, 1, now, now)
