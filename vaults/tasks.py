"""What vaults do on the clock."""

from celery import shared_task


@shared_task
def follow_coins() -> bool:
    """Bring collateral to where the chain is."""
    return False


@shared_task
def scan_vaults() -> int:
    """Enter the states that the confirmed price gives."""
    return 0


@shared_task
def accrue_stability_fee() -> int:
    """Grow the rate to now."""
    return 0
