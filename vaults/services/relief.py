"""Lets a vault that was warned or is liquidating go on at once where more bitcoin covers it again.

It never warns or liquidates: that is the scan's, which also tells people.
"""

from datetime import datetime

from oracle.errors import NoPrice
from oracle.rules import LiquidationPrice
from oracle.selectors import price_for_liquidation
from vaults.models import Vault
from vaults.rules.moments import milliseconds
from vaults.rules.statuses import VaultEvent, VaultStatus
from vaults.services.changes import step
from vaults.services.rate import hold_rate
from vaults.services.standing import event_at

_RELIEF = (VaultEvent.CALM, VaultEvent.RECOVER, VaultEvent.RECOVER_WARNED)


def relieve(vault: Vault, now: datetime) -> VaultEvent | None:
    """Step the locked vault up where the price allows it; None where it stays. Without a healthy price it
    stays, and the scan makes up for it. Takes the lock of the rate."""
    if VaultStatus(vault.status) not in (VaultStatus.WARNING, VaultStatus.LIQUIDATING):
        return None
    price = _price(now)
    event = event_at(vault, hold_rate().rate_ray, None if price is None else price.upper_e8)
    if event not in _RELIEF:
        return None
    step(vault, event)
    return event


def _price(now: datetime) -> LiquidationPrice | None:
    try:
        return price_for_liquidation(now_ms=milliseconds(now))
    except NoPrice:
        return None
