"""What vaults do on the clock."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from vaults.reserves import snapshots
from vaults.services import coins, scanning
from vaults.services.accruing import accrue


@shared_task
def follow_coins() -> bool:
    """Bring collateral to where the chain is. Nothing where custody is off."""
    return settings.CUSTODY and coins.follow(timezone.now())


@shared_task
def scan_vaults() -> int:
    """Enter the states that the confirmed price gives, unless a turn is under way."""
    return scanning.run_once(timezone.now()).changed


@shared_task
def accrue_stability_fee() -> int:
    """Grow the rate to now."""
    return accrue(timezone.now())


@shared_task
def take_reserve_snapshot() -> bool:
    """Count what is owed to customers, once in each hour."""
    return snapshots.take_if_due(timezone.now()) is not None


@shared_task
def forget_reserve_leaves() -> int:
    """Delete leaves of snapshots that are old, for whose proofs nobody asks any more."""
    return snapshots.forget_leaves(timezone.now())
