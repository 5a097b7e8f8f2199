"""A vault's state by what it holds and owes, judged under its lock by whoever changed it, and by the scan.

Nothing is stored here.
"""

from oracle.rules import LiquidationPrice
from vaults.models import Vault
from vaults.rules.accumulator import debt_atoms
from vaults.rules.standing import Standing, event_of, standing_of
from vaults.rules.statuses import VaultEvent, VaultStatus
from vaults.services.changes import step


def restand(vault: Vault, rate_ray: int, price: LiquidationPrice | None) -> VaultEvent | None:
    """Step the locked vault to the state that the price gives, and say by which event; None where it stays.

    Its owner has the benefit of the doubt: the upper price counts. Without a price nothing is decided of what
    is owed, and the scan makes up for it when there is one again. What owes nothing is safe at any price.
    """
    event = event_at(vault, rate_ray, None if price is None else price.upper_e8)
    if event is not None:
        step(vault, event)
    return event


def event_at(vault: Vault, rate_ray: int, price_e8: int | None) -> VaultEvent | None:
    """What `restand` would do at this price."""
    if not vault.normalised_atoms:
        standing = Standing.SAFE
    elif price_e8 is None:
        return None
    else:
        owed_atoms = debt_atoms(vault.normalised_atoms, rate_ray)
        standing = standing_of(vault.collateral_sats, owed_atoms, price_e8, vault.figures.figures)
    return event_of(VaultStatus(vault.status), standing)
