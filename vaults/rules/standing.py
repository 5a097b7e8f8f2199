"""How a vault stands at a price, and which event that is for its state. Exactly at a ratio is safe."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ledger.money import INT64_MAX
from vaults.rules.figures import Figures
from vaults.rules.ratios import is_covered, key_threshold
from vaults.rules.statuses import VaultEvent, VaultStatus

# A cent. A stored key is that of one atom more than is owed, and so too high by one part in so many.
_LEAST_ATOMS = 1_000_000


class Standing(StrEnum):
    SAFE = "SAFE"
    WARNED = "WARNED"  # below the warning ratio
    LIQUIDATABLE = "LIQUIDATABLE"  # below the liquidation ratio


_S, _E = VaultStatus, VaultEvent
# A pair that is missing changes nothing: the vault is where it belongs, or nothing to scan.
EVENTS: Mapping[tuple[VaultStatus, Standing], VaultEvent] = MappingProxyType(
    {
        (_S.ACTIVE, Standing.WARNED): _E.WARN,
        (_S.ACTIVE, Standing.LIQUIDATABLE): _E.LIQUIDATE,
        (_S.WARNING, Standing.SAFE): _E.CALM,
        (_S.WARNING, Standing.LIQUIDATABLE): _E.LIQUIDATE,
        (_S.LIQUIDATING, Standing.SAFE): _E.RECOVER,
        (_S.LIQUIDATING, Standing.WARNED): _E.RECOVER_WARNED,
    }
)


def standing_of(collateral_sats: int, debt_atoms: int, price_e8: int, figures: Figures) -> Standing:
    """At the ratios that the vault pins. Without debt it is safe."""
    if not is_covered(collateral_sats, debt_atoms, price_e8, figures.liquidation_ratio_ppm):
        return Standing.LIQUIDATABLE
    if not is_covered(collateral_sats, debt_atoms, price_e8, figures.warning_ratio_ppm):
        return Standing.WARNED
    return Standing.SAFE


def event_of(status: VaultStatus, standing: Standing) -> VaultEvent | None:
    """What happens to a vault in `status` that stands so."""
    return EVENTS.get((status, standing))


def recovery_threshold(price_e8: int, rate_ray: int) -> int:
    """Those with a higher stored key are below their ratio; all others may have it again.

    For normalised debts of a cent or more: a smaller one may wait for a slightly better price.
    """
    threshold = key_threshold(price_e8, rate_ray)
    return min(threshold + threshold // _LEAST_ATOMS + 2, INT64_MAX - 1)
