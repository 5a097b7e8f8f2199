"""Rows of collateral on its way out, and what each step of one does to its vault. Nothing here decides.

A withdrawal takes its amount and fee out of the collateral while it is open; its coins stay credited until it
is confirmed, when they are spent and its change is credited instead.
"""

from collections.abc import Collection
from datetime import datetime

from custody.services.spending.vaults import PlannedSpend, drop_vault_spend
from vaults.errors import TooManyOpenWithdrawals
from vaults.models import CollateralWithdrawal, Vault, VaultCoin
from vaults.rules.statuses import OPEN_WITHDRAWALS, CoinStatus, WithdrawalKind, WithdrawalStatus
from vaults.services.changes import store
from vaults.services.relief import relieve

MAX_OPEN = 5  # of one vault
UNENDED = (*OPEN_WITHDRAWALS, WithdrawalStatus.SUSPENDED)


def free_coin_ids(vault: Vault) -> list[int]:
    """Custody's numbers of the credited coins that no withdrawal holds, the most valuable first."""
    coins = VaultCoin.objects.filter(vault=vault, status=CoinStatus.CREDITED, spent_by=None)
    return list(coins.order_by("-value_sats", "coin_id").values_list("coin_id", flat=True))


def refuse_one_too_many(vault: Vault) -> None:
    """Raises TooManyOpenWithdrawals."""
    if CollateralWithdrawal.objects.filter(vault=vault, status__in=UNENDED).count() >= MAX_OPEN:
        raise TooManyOpenWithdrawals(maximum=MAX_OPEN)


def begin(
    vault: Vault, row: CollateralWithdrawal, planned: PlannedSpend, now: datetime, **grounds: object
) -> None:
    """Take what was planned out of the vault, which is saved with it. `row` knows its id, kind, address and
    amount; `grounds` are what it was judged by."""
    row.vault, row.status = vault, WithdrawalStatus.PLANNED
    row.fee_sats, row.spend_id, row.psbt = planned.fee_sats, planned.spend_id, planned.psbt
    row.created_at = row.changed_at = now
    row.save(force_insert=True)
    hold(vault, row, planned.coin_ids, now)
    vault.collateral_sats -= taken_sats(row)
    assert vault.collateral_sats >= 0, "it was refused before"
    tell(vault, row, "WITHDRAWAL_PLANNED", now, **grounds)


def hold(vault: Vault, row: CollateralWithdrawal, coin_ids: Collection[int], now: datetime) -> None:
    coins = VaultCoin.objects.filter(
        vault=vault, coin__in=coin_ids, status=CoinStatus.CREDITED, spent_by=None
    )
    held = coins.update(spent_by=row, changed_at=now)
    assert held == len(coin_ids), "a plan takes coins of its vault's collateral and no others"


def cancel_unasked(vault: Vault, row: CollateralWithdrawal, now: datetime, reason: str) -> None:
    """Give up what nobody has signed but its owner. Raises custody's InvalidState where it is too late."""
    drop_vault_spend(spend_id=row.spend_id)
    give_back(vault, row, now, reason)


def give_back(vault: Vault, row: CollateralWithdrawal, now: datetime, reason: str) -> None:
    """Custody has dropped the spend: its coins are free, and the amount is collateral again."""
    if row.status in OPEN_WITHDRAWALS:
        vault.collateral_sats += taken_sats(row)
    VaultCoin.objects.filter(spent_by=row).update(spent_by=None, changed_at=now)
    set_status(row, WithdrawalStatus.CANCELED, now)
    relieve(vault, now)
    tell(vault, row, "WITHDRAWAL_CANCELED", now, reason=reason)


def set_status(row: CollateralWithdrawal, status: WithdrawalStatus, now: datetime, txid: str = "") -> None:
    row.status, row.changed_at, row.txid = status, now, txid or row.txid
    row.save(update_fields=["status", "changed_at", "txid"])


def taken_sats(row: CollateralWithdrawal) -> int:
    """What it takes out of the collateral while it is open."""
    return row.amount_sats + row.fee_sats


def tell(vault: Vault, row: CollateralWithdrawal, name: str, now: datetime, **more: object) -> None:
    """Save the vault, with this event."""
    what = {
        "withdrawal_id": str(row.pk),
        "kind": WithdrawalKind(row.kind).value,
        "amount_sats": row.amount_sats,
        "fee_sats": row.fee_sats,
        "address": row.address,
    }
    known = {"txid": row.txid} if row.txid else {}
    store(vault, name, {**what, **known, **more}, now)
