"""The owner's signature of a withdrawal: taken where the PSBT is the planned one and the vault may let go.

Whoever signs late signs at the price of then: between plan and signature it may have fallen.
"""

from datetime import datetime
from uuid import UUID

from access.services import Origin
from custody.services.spending.vaults import accept_owner_psbt
from ledger.transactions import one_transaction
from vaults.errors import BelowMinimumRatio, InvalidState
from vaults.models import CollateralWithdrawal, Vault
from vaults.rules.ratios import is_covered, ratio_ppm
from vaults.rules.statuses import FREE, VaultStatus, WithdrawalStatus
from vaults.rules.texts import ratio_text
from vaults.selectors import withdrawal_of
from vaults.services.auditing import SYSTEM, note_withdrawal
from vaults.services.changes import locked_vault
from vaults.services.collateral import owed_and_price, refuse_to_let_go
from vaults.services.withdrawals import set_status, tell

_LETS_GO = (*FREE, VaultStatus.CLOSING)
_OVER = (WithdrawalStatus.CANCELED, WithdrawalStatus.SUSPENDED)


@one_transaction
def sign(
    owner_id: int, vault_id: UUID, withdrawal_id: UUID, psbt: str, now: datetime, origin: Origin = SYSTEM
) -> CollateralWithdrawal:
    """The same again changes nothing.

    Raises VaultNotFound, VaultWithdrawalNotFound, NotPermitted, AccountFrozen, InvalidState, NoPrice and its
    kinds, BelowMinimumRatio, InvalidPsbt, PsbtMismatch.
    """
    vault = locked_vault(vault_id, owner_id=owner_id)
    row = withdrawal_of(vault, withdrawal_id)
    if row.status in _OVER:
        raise InvalidState(status=row.status)
    is_first = row.status == WithdrawalStatus.PLANNED
    if is_first:
        refuse_to_let_go(vault, owner_id)
        _refuse(vault, row, now)
    accept_owner_psbt(spend_id=row.spend_id, text=psbt)
    # From here on it succeeds.
    if is_first:
        set_status(row, WithdrawalStatus.SIGNED, now)
        tell(vault, row, "WITHDRAWAL_SIGNED", now)
        note_withdrawal(origin, "signed", row)
    return row


def _refuse(vault: Vault, row: CollateralWithdrawal, now: datetime) -> None:
    """Its amount is out of the collateral already: what is left has to do."""
    if VaultStatus(vault.status) not in _LETS_GO:
        raise InvalidState(status=vault.status)
    owed_atoms, price_e8 = owed_and_price(vault, now)
    least_ppm = vault.figures.min_ratio_ppm
    if price_e8 is None or is_covered(vault.collateral_sats, owed_atoms, price_e8, least_ppm):
        return
    ratio = ratio_ppm(vault.collateral_sats, owed_atoms, price_e8)
    raise BelowMinimumRatio(minimum=ratio_text(least_ppm), ratio=ratio_text(ratio), available="0.00000000")
