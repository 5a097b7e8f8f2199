"""The one way in which a vault changes: under its row's lock, with an event that says what became of it.

Nothing here decides. After the commit the event is told to whoever listens.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import connection

from ledger.streams import NewEvent, append_events
from vaults.broadcast import Told, tell_after_commit
from vaults.errors import InvalidState, VaultNotFound
from vaults.models import Vault
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
    assert connection.in_atomic_block
    rows = Vault.objects.select_for_update(no_key=True, of=("self",)).select_related("figures")
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    found = rows.filter(pk=vault_id).first()
    if found is None:
        raise VaultNotFound
    return found


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
    figures = vault.figures.figures
    vault.liquidation_key, vault.warning_key = keys_of(vault, figures)
    vault.version += 1
    vault.changed_at = now
    vault.save(update_fields=_STORED)
    content = {**data, **picture(vault)}
    append_events([NewEvent(vault.stream, vault.version, name, content)])
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
