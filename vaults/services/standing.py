"""What a price means for one vault's state, by the rules; who holds the vault's lock carries it out, or not.

Nothing is changed here.
"""

from vaults.models import Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.standing import Standing, event_of, standing_of
from vaults.rules.statuses import VaultEvent, VaultStatus


def event_at(vault: Vault, rate_ray: int, price_e8: int | None) -> VaultEvent | None:
    """None: it stays. Without a price nothing is said of what owes; what owes nothing is safe at any price,
    or none."""
    if not vault.normalised_atoms:
        standing = Standing.SAFE
    elif price_e8 is None:
        return None
    else:
        owed_atoms = debt_atoms(vault.normalised_atoms, rate_ray)
        standing = standing_of(vault.collateral_sats, owed_atoms, price_e8, vault.figures.figures)
    return event_of(VaultStatus(vault.status), standing)
