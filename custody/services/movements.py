"""Bitcoin's accounts in the ledger: the house's and one owner's, and several moves between them at once."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from ledger.batch import AccountKey, BatchTransfer, account_ids, post_batch
from ledger.rules import Purpose
from ledger.selectors import balances_of

BTC = "BTC"
HOUSE_PURPOSES = (Purpose.HOT_WALLET, Purpose.COLD_STORAGE, Purpose.REORG_RECEIVABLE, Purpose.HOUSE)


class Accounts(NamedTuple):
    hot: int
    cold: int
    receivable: int
    house: int


def house_accounts() -> Accounts:
    """Ask before anything is locked: it may open some."""
    keys = [AccountKey(None, BTC, purpose) for purpose in HOUSE_PURPOSES]
    with connection.cursor() as cursor:
        found = account_ids(cursor, keys)
    return Accounts(*(found[key] for key in keys))


def funding_account(owner_id: int) -> int:
    key = AccountKey(owner_id, BTC, Purpose.FUNDING)
    with connection.cursor() as cursor:
        return account_ids(cursor, [key])[key]


def available_sats(owner_id: int) -> int:
    """What is in the owner's funding wallet and not set aside for anything."""
    funding = (one for one in balances_of(owner_id=owner_id) if _is_funding(one.purpose, one.asset_id))
    return sum(one.available_atoms for one in funding)


def post(moves: Sequence[BatchTransfer]) -> None:
    """All or nothing, inside the caller's transaction, of which it is the only call."""
    with connection.cursor() as cursor:
        post_batch(cursor, moves)


def try_post(moves: Sequence[BatchTransfer]) -> bool:
    """False, and nothing has moved, where an owner's money left meanwhile."""
    try:
        with transaction.atomic():
            post(moves)
    except IntegrityError:
        return False
    return True


def _is_funding(purpose: str, asset: str) -> bool:
    return asset == BTC and purpose == Purpose.FUNDING
