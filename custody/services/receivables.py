"""What a reorg takes back: as much as is left in the owner's funding wallet; the rest is owed and met later.

Money that is set aside or in a trading account is not touched; what is owed waits for it, and the account is
frozen meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from custody.models import ReorgReceivable
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
UNDONE, OWED, MET = "DEPOSIT_UNDONE", "DEPOSIT_OWED", "RECEIVABLE_MET"


@dataclass(frozen=True, slots=True)
class Credit:
    """The `number`-th credit of a deposit, which the network has undone."""

    deposit_id: int
    number: int
    amount_sats: int
    reference: str


def take_back(owner_id: int, credits: Sequence[Credit], accounts: Accounts, funding: int) -> None:
    """Undo them in the transaction that has locked their deposits; the oldest takes what is left first."""
    for _ in range(ATTEMPTS):
        parts = _taken(credits, available_sats(owner_id))
        if try_post(_undone(parts, accounts, funding)):
            break
    else:
        parts = _taken(credits, 0)  # it moves all the time: then all of it is owed, and met in the next turn
        post(_undone(parts, accounts, funding))
    owing = [
        ReorgReceivable(
            deposit_id=one.deposit_id, owner_id=owner_id, number=one.number, owed_sats=one.amount_sats - taken
        )
        for one, taken in parts
        if taken < one.amount_sats
    ]
    if owing:
        ReorgReceivable.objects.bulk_create(owing)
        total = sum(one.owed_sats for one in owing)
        freeze_for_reorg(owner_id, f"The network has undone deposits of which {total} sats had been spent.")


def _taken(credits: Sequence[Credit], available: int) -> list[tuple[Credit, int]]:
    parts = []
    for one in credits:
        taken = min(one.amount_sats, available)
        parts.append((one, taken))
        available -= taken
    return parts


def _undone(parts: Sequence[tuple[Credit, int]], accounts: Accounts, funding: int) -> list[BatchTransfer]:
    moves = []
    for one, taken in parts:
        name, owed = f"deposit:{one.deposit_id}", one.amount_sats - taken
        if taken:
            key = f"{name}:undo:{one.number}"
            moves.append(BatchTransfer(funding, accounts.hot, taken, UNDONE, key, one.reference))
        if owed:
            key = f"{name}:owed:{one.number}"
            moves.append(BatchTransfer(accounts.receivable, accounts.hot, owed, OWED, key, one.reference))
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
    return BatchTransfer(funding, accounts.receivable, part, MET, key, reference)
