"""What a batch means for the ledger: each account's net change against the shard's clearing account.

The trades are the detail; the ledger gets one transfer per account and asset of a batch, after which the
clearing account stands at zero again.
"""

from collections.abc import Callable
from typing import Any

import psycopg

from exchange.batch_rows import BatchRows
from ledger.batch import AccountKey, BatchTransfer, Settlement, Statements, account_ids, post_batch
from ledger.rules import PendingEvent, Purpose


class Clearing:
    """Posts the batches of one shard. Remembers the ids of the ledger accounts it has met."""

    def __init__(self, shard: int) -> None:
        self._shard = shard
        self._ids: dict[AccountKey, int] = {}

    def prepare(
        self, connection: psycopg.Connection[Any], rows: BatchRows, sequence: int
    ) -> Callable[[Statements], None]:
        """Opens the accounts that are missing; what it returns posts the batch inside its transaction."""
        moves = self._moves(rows)
        self._learn(connection, [key for pair in moves for key in pair[:2]])
        transfers = [
            BatchTransfer(
                self._ids[debit], self._ids[credit], amount, code, f"{self._shard}:{sequence}:{number}"
            )
            for number, (debit, credit, amount, code) in enumerate(moves)
        ]
        settlements = [
            Settlement(end.pending_id, PendingEvent.VOID if end.reject_reason else PendingEvent.POST)
            for end in rows.transfer_ends
        ]
        return lambda cursor: post_batch(cursor, transfers, settlements)

    def _moves(self, rows: BatchRows) -> list[tuple[AccountKey, AccountKey, int, str]]:
        moves = []
        for (owner, asset), amount in rows.deltas.items():
            customer = AccountKey(owner, asset, Purpose.TRADING.value, self._shard)
            clearing = AccountKey(None, asset, Purpose.CLEARING.value, self._shard)
            if amount > 0:
                moves.append((clearing, customer, amount, "TRADE"))
            elif amount < 0:
                moves.append((customer, clearing, -amount, "TRADE"))
        for asset, amount in rows.fees.items():
            clearing = AccountKey(None, asset, Purpose.CLEARING.value, self._shard)
            fees = AccountKey(None, asset, Purpose.FEES.value, self._shard)
            if amount > 0:
                moves.append((clearing, fees, amount, "FEE"))
            elif amount < 0:  # rounded rebates may come to some atoms more than what takers paid
                moves.append((fees, clearing, -amount, "FEE"))
        return moves

    def _learn(self, connection: psycopg.Connection[Any], keys: list[AccountKey]) -> None:
        missing = [key for key in dict.fromkeys(keys) if key not in self._ids]
        if missing:
            with connection.transaction(), connection.cursor() as cursor:
                found = account_ids(cursor, missing)
            self._ids.update(found)
