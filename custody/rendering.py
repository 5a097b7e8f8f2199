"""Deposits, withdrawals and addresses as the API shows them."""

from datetime import datetime

from custody.models import AllowedAddress, Withdrawal
from custody.rules.withdrawals import BTC_DECIMALS
from custody.selectors import DepositView
from custody.services.allowed_addresses import milliseconds
from ledger.money import format_atoms

ASSET = "BTC"


def bitcoin(sats: int) -> str:
    return format_atoms(sats, BTC_DECIMALS)


def render_deposit(view: DepositView) -> dict[str, object]:
    deposit, coin = view.deposit, view.deposit.coin
    return {
        "deposit_id": str(deposit.pk),
        "asset": ASSET,
        "amount": bitcoin(deposit.amount_sats),
        "status": deposit.status,
        "address": coin.watched.address,
        "txid": coin.txid,
        "vout": coin.vout,
        "height": coin.height,
        "confirmations": view.confirmations,
        "confirmations_required": view.required,
        "created_at_ms": milliseconds(deposit.created_at),
        "credited_at_ms": moment(deposit.credited_at),
    }


def render_withdrawal(withdrawal: Withdrawal) -> dict[str, object]:
    """`txid` is there once there is a signature. Until it is confirmed it may change: a fee may be raised."""
    return {
        "withdrawal_id": str(withdrawal.pk),
        "asset": ASSET,
        "amount": bitcoin(withdrawal.amount_sats),
        "fee": bitcoin(withdrawal.fee_sats),
        "address": withdrawal.address,
        "address_id": withdrawal.allowed_id,
        "status": withdrawal.status,
        "approvals_needed": withdrawal.approvals_needed,
        "txid": withdrawal.txid or None,
        "vout": withdrawal.vout,
        "reason": withdrawal.ended_because or None,
        "created_at_ms": milliseconds(withdrawal.created_at),
    }


def render_address(allowed: AllowedAddress) -> dict[str, object]:
    return {
        "address_id": allowed.pk,
        "address": allowed.address,
        "label": allowed.label,
        "created_at_ms": milliseconds(allowed.created_at),
        "available_at_ms": milliseconds(allowed.available_at),
    }


def moment(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)
