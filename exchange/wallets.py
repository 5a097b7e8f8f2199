"""A user's money as one picture: what is in the funding wallet, what trades, what is on its way."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exchange.engine.types import RejectReason
from exchange.models import WalletTransfer
from exchange.rules import TransferDirection
from exchange.selectors import trading_balances
from ledger.money import format_atoms
from ledger.rules import Purpose
from ledger.selectors import assets, balances_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Holding:
    """One asset of a user, in atoms."""

    funding_available: int = 0
    funding_pending: int = 0
    trading_free: int = 0
    trading_locked: int = 0


def holdings_of(user_id: int) -> dict[str, Holding]:
    """Every asset the user has or had, by code."""
    found: dict[str, Holding] = defaultdict(Holding)
    for account in balances_of(owner_id=user_id):
        if account.purpose == Purpose.FUNDING:
            found[account.asset_id].funding_available += account.available_atoms
            found[account.asset_id].funding_pending += account.pending_debits_atoms
    for balance in trading_balances(account=user_id):
        found[balance.asset].trading_free += balance.free_atoms
        found[balance.asset].trading_locked += balance.locked_atoms
    return dict(sorted(found.items()))


def render_holdings(holdings: dict[str, Holding]) -> list[dict[str, str]]:
    known = assets()
    return [
        {
            "asset": code,
            "funding_available": format_atoms(holding.funding_available, known[code].decimals),
            "funding_pending": format_atoms(holding.funding_pending, known[code].decimals),
            "trading_free": format_atoms(holding.trading_free, known[code].decimals),
            "trading_locked": format_atoms(holding.trading_locked, known[code].decimals),
        }
        for code, holding in holdings.items()
    ]


def render_transfer(transfer: WalletTransfer) -> dict[str, object]:
    inward = transfer.direction == TransferDirection.TO_TRADING
    reason = transfer.reject_reason
    return {
        "transfer_id": str(transfer.pk),
        "asset": transfer.asset,
        "amount": format_atoms(transfer.amount_atoms, assets()[transfer.asset].decimals),
        "from_wallet": "FUNDING" if inward else "TRADING",
        "to_wallet": "TRADING" if inward else "FUNDING",
        "shard": transfer.shard_id,
        "status": transfer.status,
        "reject_reason": RejectReason(reason).name if reason else None,
        "created_at_ms": _milliseconds(transfer.created_at),
    }


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
