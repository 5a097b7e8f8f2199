"""A withdrawal's way through the ledger up to its settlement: out of the funding wallet, or back into it."""

from custody.errors import FundsTooSmall
from custody.models import Withdrawal
from custody.rules.withdrawals import BTC_DECIMALS
from ledger.errors import InsufficientFunds
from ledger.money import format_atoms
from ledger.rules import Purpose
from ledger.services import open_account, post_transfer

BTC = "BTC"
REQUESTED, RETURNED = "WITHDRAWAL", "WITHDRAWAL_RETURNED"


def take_money(withdrawal: Withdrawal) -> None:
    """Amount and fee, with the row, in the caller's transaction. Raises FundsTooSmall."""
    funding_id, waiting_id = _accounts(withdrawal)
    try:
        post_transfer(
            debit_id=funding_id,
            credit_id=waiting_id,
            amount_atoms=withdrawal.amount_sats + withdrawal.fee_sats,
            code=REQUESTED,
            key=f"withdrawal:{withdrawal.pk}:request",
            reference=f"withdrawal:{withdrawal.pk}",
        )
    except InsufficientFunds as error:
        amounts = {name: error.details[f"{name}_atoms"] for name in ("available", "required")}
        told = {name: format_atoms(int(str(atoms)), BTC_DECIMALS) for name, atoms in amounts.items()}
        raise FundsTooSmall(field="amount", **told) from error


def return_money(withdrawal: Withdrawal) -> None:
    """All of it, once, in the caller's transaction."""
    funding_id, waiting_id = _accounts(withdrawal)
    post_transfer(
        debit_id=waiting_id,
        credit_id=funding_id,
        amount_atoms=withdrawal.amount_sats + withdrawal.fee_sats,
        code=RETURNED,
        key=f"withdrawal:{withdrawal.pk}:return",
        reference=f"withdrawal:{withdrawal.pk}",
    )


def _accounts(withdrawal: Withdrawal) -> tuple[int, int]:
    funding = open_account(owner_id=withdrawal.owner_id, asset=BTC, purpose=Purpose.FUNDING)
    waiting = open_account(owner_id=None, asset=BTC, purpose=Purpose.WITHDRAWALS)
    return funding.pk, waiting.pk
