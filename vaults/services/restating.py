"""States of many vaults at once: claimed, judged exactly, and written in bulk with an event each.

A vault that somebody else holds is left out. What tells people of it is the caller's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from ledger.streams import NewEvent, append_events
from vaults.broadcast import Told
from vaults.models import FiguresVersion
from vaults.rules.accumulator import debt_atoms
from vaults.rules.figures import Figures
from vaults.rules.ratios import ratio_ppm
from vaults.rules.standing import event_of, standing_of
from vaults.rules.statuses import VaultEvent, VaultStatus, next_status
from vaults.services.changes import picture

# Whoever meets a lock leaves that vault to the next turn, so that nobody waits for anybody.
_CLAIM = """
SELECT id, owner_id, label, figures_id, status, collateral_sats, normalised_atoms, version
FROM vaults_vault WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"""
_STORE = """
UPDATE vaults_vault SET status = given.status, version = given.version, changed_at = %s
FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS given (id, status, version)
WHERE vaults_vault.id = given.id AND vaults_vault.version = given.version - 1"""

EVENT_NAMES: Mapping[VaultEvent, str] = MappingProxyType(
    {
        VaultEvent.WARN: "WARNED",
        VaultEvent.CALM: "CALMED",
        VaultEvent.LIQUIDATE: "LIQUIDATING",
        VaultEvent.RECOVER: "RECOVERED",
        VaultEvent.RECOVER_WARNED: "RECOVERED",
    }
)


class Claimed(NamedTuple):
    """A vault as it is under its lock."""

    id: UUID
    owner_id: int
    label: str
    figures_id: int
    status: str
    collateral_sats: int
    normalised_atoms: int
    version: int


class Grounds(NamedTuple):
    """What vaults are judged by: the upper price of a round, and the rate."""

    price_e8: int
    round_id: int
    rate_ray: int


class Restated(NamedTuple):
    """A vault as it is afterwards, by which event, and what it was judged by."""

    vault: Claimed
    event: VaultEvent
    figures: Figures
    grounds: Grounds
    debt_atoms: int

    @property
    def key(self) -> str:
        """Of this entry into a state: no other one has it."""
        return f"vault:{self.vault.id}:{self.vault.version}"

    @property
    def ratio_ppm(self) -> int | None:
        return ratio_ppm(self.vault.collateral_sats, self.debt_atoms, self.grounds.price_e8)

    @property
    def data(self) -> dict[str, object]:
        """Of its event."""
        facts = {
            "price_e8": self.grounds.price_e8,
            "round_id": self.grounds.round_id,
            "debt_atoms": self.debt_atoms,
            "ratio_ppm": self.ratio_ppm,
            "rate_ray": str(self.grounds.rate_ray),
        }
        return {**facts, **picture(self.vault)}


def claim(vault_ids: Sequence[UUID]) -> list[Claimed]:
    """Those that nobody else holds; they are the caller's until its transaction ends."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [list(vault_ids)])
        return [Claimed(*row) for row in cursor.fetchall()]


def judge(vaults: Sequence[Claimed], grounds: Grounds) -> list[Restated]:
    """Those that have to change, as they have to be. Exact: by the rules, and not by stored keys."""
    versions = FiguresVersion.objects.in_bulk({vault.figures_id for vault in vaults})
    figures = {key: version.figures for key, version in versions.items()}
    judged = (_judged(vault, figures[vault.figures_id], grounds) for vault in vaults)
    return [one for one in judged if one is not None]


def _judged(vault: Claimed, figures: Figures, grounds: Grounds) -> Restated | None:
    owed_atoms = debt_atoms(vault.normalised_atoms, grounds.rate_ray)
    before = VaultStatus(vault.status)
    event = event_of(before, standing_of(vault.collateral_sats, owed_atoms, grounds.price_e8, figures))
    if event is None:
        return None
    status = next_status(before, event)
    assert status is not None
    after = vault._replace(status=status.value, version=vault.version + 1)
    return Restated(after, event, figures, grounds, owed_atoms)


def store_many(restated: Sequence[Restated], now: datetime) -> list[Told]:
    """In two statements, in the transaction that has claimed them. Amounts and keys are as they were.

    Gives what is to be told of them.
    """
    if not restated:
        return []
    told = [
        Told(one.vault.owner_id, str(one.vault.id), one.vault.version, EVENT_NAMES[one.event], one.data)
        for one in restated
    ]
    columns = ([one.vault.id for one in restated], [one.vault.status for one in restated])
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [now, *columns, [one.version for one in told]])
        assert cursor.rowcount == len(restated), "somebody changed a vault that is locked"
    append_events([NewEvent(f"vault:{one.vault_id}", one.version, one.name, one.data) for one in told])
    return told
