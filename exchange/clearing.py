"""What a batch means for the ledger: each account's net change against the shard's clearing account.

The trades are the detail; the ledger gets one transfer per account and asset of a batch, after which the
clearing account stands at zero again.
"""

from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from exchange.batch_rows import BatchRows
from ledger.batch import AccountKey, BatchTransfer, Settlement, Statements, account_ids, post_batch
from ledger.rules import PendingEvent, Purpose

_TRADING, _CLEARING, _FEES = Purpose.TRADING.value, Purpose.CLEARING.value, Purpose.FEES.value
MAX_MET_AT_ONCE = 50_000
_MEET = """
SELECT owner_id, asset_id, id FROM ledger_account WHERE purpose = %s AND shard = %s LIMIT %s"""


class Clearing:
    """Posts the batches of one shard. Remembers the ids of the ledger accounts it has met."""

    def __init__(self, shard: int) -> None:
        self._shard = shard
        self._customers: dict[tuple[int, str], int] = {}
        self._house: dict[str, tuple[int, int]] = {}  # by asset: clearing and fees

    def meet(self, connection: psycopg.Connection[Any]) -> None:
        """Learn the accounts that there are, so that few batches have to ask."""
        if not self._customers:
            for owner, asset, number in connection.execute(_MEET, [_TRADING, self._shard, MAX_MET_AT_ONCE]):
                self._customers[owner, asset] = number

    def lacks(self, rows: BatchRows) -> bool:
        """Whether `prepare` will look for accounts, and open those that are missing."""
        if not rows.deltas.keys() <= self._customers.keys():
            return True
        return any(asset not in self._house for _, asset in rows.deltas)

    def prepare(
        self, connection: psycopg.Connection[Any], rows: BatchRows, sequence: int
    ) -> Callable[[Statements], None]:
        """Opens the accounts that are missing; what it returns posts the batch inside its transaction."""
        if self.lacks(rows):
            self._learn(connection, rows)
        transfers = self._transfers(rows, f"{self._shard}:{sequence}:")
        settlements = [
            Settlement(end.pending_id, PendingEvent.VOID if end.reject_reason else PendingEvent.POST)
            for end in rows.transfer_ends
        ]
        return lambda cursor: post_batch(cursor, transfers, settlements)

    def _transfers(self, rows: BatchRows, prefix: str) -> list[BatchTransfer]:
        found: list[BatchTransfer] = []

        def move(debit: int, credit: int, amount: int, code: str) -> None:
            """Out of the one and into the other, or back where the amount is below zero."""
            key = f"{prefix}{len(found)}"
            if amount > 0:
                found.append(BatchTransfer(debit, credit, amount, code, key))
            elif amount < 0:
                found.append(BatchTransfer(credit, debit, -amount, code, key))

        for (owner, asset), amount in rows.deltas.items():
            move(self._house[asset][0], self._customers[owner, asset], amount, "TRADE")
        for asset, amount in rows.fees.items():  # rounded rebates may come to more than what takers paid
            move(*self._house[asset], amount, "FEE")
        return found

    def _learn(self, connection: psycopg.Connection[Any], rows: BatchRows) -> None:
        owners = [key for key in rows.deltas if key not in self._customers]
        assets = {asset for _, asset in rows.deltas}  # a fee is of an asset that was traded
        missing = sorted(assets - self._house.keys())
        with connection.transaction(), connection.cursor() as cursor:
            found = account_ids(cursor, [*self._of(owners), *self._of_house(missing)])
        for owner, asset in owners:
            self._customers[owner, asset] = found[AccountKey(owner, asset, _TRADING, self._shard)]
        for asset in missing:
            clearing, fees = self._of_house([asset])
            self._house[asset] = (found[clearing], found[fees])

    def _of(self, owners: Iterable[tuple[int, str]]) -> list[AccountKey]:
        return [AccountKey(owner, asset, _TRADING, self._shard) for owner, asset in owners]

    def _of_house(self, assets: Iterable[str]) -> list[AccountKey]:
        return [
            AccountKey(None, asset, purpose, self._shard)
            for asset in assets
            for purpose in (_CLEARING, _FEES)
        ]
