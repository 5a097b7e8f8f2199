"""What a reorg takes back: as much as is left in the owner's funding wallet; the rest is owed and met later.

Money that is set aside or in a trading account is not touched; what is owed waits for it, and the account is
frozen meanwhile.
"""

from django.db import transaction
from django.db.models import F

from custody.models import Deposit, ReorgReceivable
from custody.services.freezes import freeze_for_reorg, thaw_after_reorg
from custody.services.movements import (
    Accounts,
    available_sats,
    funding_account,
    house_accounts,
    post,
    try_post,
)
from ledger.batch import BatchTransfer

ATTEMPTS = 5


def take_back(deposit: Deposit, accounts: Accounts) -> None:
    """Undo the latest credit, inside the transaction that has locked the deposit."""
    funding = funding_account(deposit.owner_id)
    for _ in range(ATTEMPTS):
        taken = min(available_sats(deposit.owner_id), deposit.amount_sats)
        if try_post(_undone(deposit, taken, funding, accounts)):
            break
    else:
        taken = 0  # it moves all the time: then all of it is owed, and met in the next turn
        post(_undone(deposit, taken, funding, accounts))
    owed = deposit.amount_sats - taken
    if owed:
        ReorgReceivable.objects.create(
            deposit=deposit, owner_id=deposit.owner_id, number=deposit.credits, owed_sats=owed
        )
        freeze_for_reorg(
            deposit.owner_id, f"Deposit {deposit.pk} was undone by the network, {owed} sats owed."
        )


def _undone(deposit: Deposit, taken: int, funding: int, accounts: Accounts) -> list[BatchTransfer]:
    name, reference = f"deposit:{deposit.pk}", str(deposit.coin)
    key, owed = f"{name}:undo:{deposit.credits}", deposit.amount_sats - taken
    moves = []
    if taken:
        moves.append(BatchTransfer(funding, accounts.hot, taken, "DEPOSIT_UNDONE", key, reference))
    if owed:
        key = f"{name}:owed:{deposit.credits}"
        moves.append(BatchTransfer(accounts.receivable, accounts.hot, owed, "DEPOSIT_OWED", key, reference))
    return moves


def meet_receivables() -> int:
    """By what has come into the owners' funding wallets since. How many owners paid something."""
    owing = ReorgReceivable.objects.filter(met_sats__lt=F("owed_sats"))
    owners = list(owing.order_by("owner_id").values_list("owner_id", flat=True).distinct())
    return sum(_meet(owner_id) for owner_id in owners if available_sats(owner_id) > 0)


@transaction.atomic
def _meet(owner_id: int) -> bool:
    accounts, funding = house_accounts(), funding_account(owner_id)
    owing = ReorgReceivable.objects.filter(owner_id=owner_id, met_sats__lt=F("owed_sats"))
    rows = list(owing.select_for_update().order_by("pk"))
    for _ in range(ATTEMPTS):
        parts = _parts(rows, available_sats(owner_id))
        if not parts:
            return False
        if try_post([_met(row, part, funding, accounts) for row, part in parts]):
            break
    else:
        return False
    for row, part in parts:
        row.met_sats += part
        row.save(update_fields=["met_sats"])
    if all(row.met_sats == row.owed_sats for row in rows):
        thaw_after_reorg(owner_id)
    return True


def _parts(rows: list[ReorgReceivable], available: int) -> list[tuple[ReorgReceivable, int]]:
    """Oldest first, as far as it goes."""
    parts = []
    for row in rows:
        part = min(row.owed_sats - row.met_sats, available)
        if part > 0:
            parts.append((row, part))
            available -= part
    return parts


def _met(row: ReorgReceivable, part: int, funding: int, accounts: Accounts) -> BatchTransfer:
    key = f"receivable:{row.pk}:met:{row.met_sats}"
    reference = f"deposit:{row.deposit_id}"
    return BatchTransfer(funding, accounts.receivable, part, "RECEIVABLE_MET", key, reference)
