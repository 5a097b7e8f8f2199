"""Calls of the SDK about reserves: of a snapshot that Alice is in, and of her vault."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests.sdk.vaults import OwnVaults
from vaults.reserves.snapshots import take_snapshot


def _snapshot() -> str:
    return str(take_snapshot(timezone.now()).pk)


RESERVE_CALLS: dict[str, Callable[[Any, OwnVaults], Any]] = {
    "get_reserves": lambda c, s: c.reserves.summary(),
    "get_reserves_proof": lambda c, s: c.reserves.proof(snapshot=int(_snapshot())),
    "get_reserves_snapshots": lambda c, s: c.reserves.snapshots(page_size=1),
    "get_reserves_snapshots_by_snapshot_id": lambda c, s: c.reserves.snapshot(_snapshot()),
    "get_reserves_vaults": lambda c, s: c.reserves.vaults(page_size=1),
    "get_reserves_vaults_by_vault_id": lambda c, s: c.reserves.vault(s.funded),
}
