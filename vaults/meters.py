"""What vaults count, in the process's one registry, each thing once it is committed.

States, collateral, debt and the lowest ratio are figures of its checks.
"""

from functools import partial

from django.db import transaction
from prometheus_client import Counter

FEES = Counter("ballast_vaults_fee_atoms", "Atoms of USDB that the stability fee came to.")
ACCRUALS = Counter("ballast_vaults_accruals", "Steps of the stability fee's rate.")


def note_accrual(fee_atoms: int) -> None:
    """Inside the transaction that books it."""
    transaction.on_commit(ACCRUALS.inc)
    transaction.on_commit(partial(FEES.inc, fee_atoms))
