"""The one way in which a vault changes: under its row's lock, with an event that says what became of it.

Nothing here decides. After the commit the event is told to whoever listens.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection

from access.together import Question, Row, Together, ask
from ledger.streams import NewEvent, add_events
from vaults.broadcast import Told, tell_after_commit
from vaults.errors import InvalidState, VaultNotFound
from vaults.models import FiguresVersion, Vault
from vaults.rules.figures import Figures
from vaults.rules.ratios import stored_key
from vaults.rules.statuses import VaultEvent, VaultStatus, next_status

_STORED = (
    "status",
    "status_before",
    "collateral_sats",
    "normalised_atoms",
    "liquidation_key",
    "warning_key",
    "version",
    "changed_at",
)
# Plain SQL: with the ORM these two took a third of the time of a deed.
_OF_VAULT = [field.attname for field in Vault._meta.concrete_fields]
_OF_FIGURES = [field.attname for field in FiguresVersion._meta.concrete_fields]
_READ = f"""
SELECT {", ".join([*(f"v.{name}" for name in _OF_VAULT), *(f"f.{name}" for name in _OF_FIGURES)])}
FROM vaults_vault AS v JOIN vaults_figuresversion AS f ON f.id = v.figures_id"""  # noqa: S608 (names of columns)
_LOCK = f"{_READ} WHERE v.id = %s AND (%s::integer IS NULL OR v.owner_id = %s) FOR NO KEY UPDATE OF v"
_LOCK_MANY = f"{_READ} WHERE v.id = ANY(%s) ORDER BY v.id FOR NO KEY UPDATE OF v"
_STORE = f"UPDATE vaults_vault SET {', '.join(f'{name} = %s' for name in _STORED)} WHERE id = %s"  # noqa: S608
_BEGIN = f"INSERT INTO vaults_vault ({', '.join(_OF_VAULT)}) VALUES ({', '.join(['%s'] * len(_OF_VAULT))})"  # noqa: S608


class Pictured(Protocol):
    """A vault, however it was read."""

    @property
    def status(self) -> str: ...
    @property
    def collateral_sats(self) -> int: ...
    @property
    def normalised_atoms(self) -> int: ...


def locked_vault(vault_id: UUID, *, owner_id: int | None = None) -> Vault:
    """Nobody else changes it until the transaction ends. Raises VaultNotFound, for another's too where
    `owner_id` is given."""
    return found_vault(ask(locking_question(vault_id, owner_id=owner_id)))


def locking_question(vault_id: UUID, *, owner_id: int | None = None) -> Question[Vault | None]:
    """`locked_vault` along with other questions, and before all of them; `found_vault` takes the answer."""
    assert connection.in_atomic_block
    params = [vault_id, owner_id, owner_id]
    return Question(_LOCK, params, lambda rows: _vault(rows[0]) if rows else None)


def found_vault(vault: Vault | None) -> Vault:
    """Raises VaultNotFound."""
    if vault is None:
        raise VaultNotFound
    return vault


def _vault(row: Row) -> Vault:
    vault = Vault.from_db(DEFAULT_DB_ALIAS, _OF_VAULT, row[: len(_OF_VAULT)])
    vault.figures = FiguresVersion.from_db(DEFAULT_DB_ALIAS, _OF_FIGURES, row[len(_OF_VAULT) :])
    return vault


def locked_vaults(vault_ids: Collection[UUID]) -> list[Vault]:
    """Those of them that there are, locked in the order of their ids, in which they come."""
    assert connection.in_atomic_block
    return ask(Question(_LOCK_MANY, [list(vault_ids)], lambda rows: [_vault(row) for row in rows]))


def step(vault: Vault, event: VaultEvent) -> None:
    """Set the state that the table gives; raises InvalidState where it gives none. Saves nothing."""
    status = VaultStatus(vault.status)
    before = VaultStatus(vault.status_before) if vault.status_before else None
    following = next_status(status, event, before)
    if following is None:
        raise InvalidState(status=status.value)
    vault.status = following
    vault.status_before = status if following is VaultStatus.FROZEN else ""


def store(vault: Vault, name: str, data: Mapping[str, object], now: datetime) -> None:
    """Save a locked vault as it is now, with its keys, as the next version, and append the event of it.

    To `data`, what happened, is added what the vault is now.
    """
    changes = Together()
    add_change(changes, vault, name, data, now)
    changes.send()


def add_change(changes: Together, vault: Vault, name: str, data: Mapping[str, object], now: datetime) -> None:
    """`store` along with other statements."""
    _advance(vault, now)
    changes.execute(_STORE, [*(getattr(vault, column) for column in _STORED), vault.pk])
    _add_event(changes, vault, name, data)


def add_vault(changes: Together, vault: Vault, name: str, data: Mapping[str, object], now: datetime) -> None:
    """`add_change` of one that begins with it."""
    _advance(vault, now)
    changes.execute(_BEGIN, [getattr(vault, name) for name in _OF_VAULT])
    _add_event(changes, vault, name, data)


def _advance(vault: Vault, now: datetime) -> None:
    vault.liquidation_key, vault.warning_key = keys_of(vault, vault.figures.figures)
    vault.version += 1
    vault.changed_at = now


def _add_event(changes: Together, vault: Vault, name: str, data: Mapping[str, object]) -> None:
    content = {**data, **picture(vault)}
    add_events(changes, [NewEvent(vault.stream, vault.version, name, content)])
    tell_after_commit([Told(vault.owner_id, str(vault.pk), vault.version, name, content)])


def keys_of(vault: Vault, figures: Figures) -> tuple[int | None, int | None]:
    """What a price tick is compared with: of the liquidation ratio and of the warning ratio."""
    of = vault.normalised_atoms, vault.collateral_sats
    return stored_key(*of, figures.liquidation_ratio_ppm), stored_key(*of, figures.warning_ratio_ppm)


def picture(vault: Pictured) -> dict[str, object]:
    """What every event says of its vault after it."""
    return {
        "status": str(vault.status),
        "collateral_sats": vault.collateral_sats,
        "normalised_atoms": vault.normalised_atoms,
    }
