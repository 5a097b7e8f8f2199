"""All vaults together, by one look through their table: for health and for the public."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from vaults.models import Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.statuses import VaultStatus
from vaults.selectors import shown_rate_ray


@dataclass(frozen=True, slots=True)
class VaultTotals:
    """`by_status` has every state. `debt_atoms`: the sum, rounded up once."""

    by_status: dict[VaultStatus, int]
    collateral_sats: int
    debt_atoms: int


def vault_totals() -> VaultTotals:
    rows = Vault.objects.values_list("status").annotate(
        vaults=Count("pk"), sats=Sum("collateral_sats"), normalised=Sum("normalised_atoms")
    )
    by_status = dict.fromkeys(VaultStatus, 0)
    sats = normalised = 0
    for status, count, some_sats, some_normalised in rows:
        by_status[VaultStatus(status)] = count
        sats += int(some_sats)
        normalised += int(some_normalised)
    return VaultTotals(by_status, sats, debt_atoms(normalised, shown_rate_ray()))
