"""What accounts are told of a batch: their events and balances, under numbers without a gap.

The numbers are those of the stored messages; they are kept in memory for the accounts that were met, so the
owner throws this away together with the engine whenever a commit is in doubt.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg

from exchange.batch_rows import BatchRows
from exchange.live_wire import AccountNews
from exchange.wire import encode_account_message

MAX_KNOWN = 500_000
MAX_MET_AT_ONCE = 20_000
_ACCOUNTS = "SELECT account_id FROM exchange_balance WHERE shard_id = %s LIMIT %s"
_LAST = """
SELECT account, (SELECT sequence FROM exchange_accountmessage
                  WHERE account_id = account AND shard_id = %s ORDER BY sequence DESC LIMIT 1)
  FROM unnest(%s::bigint[]) AS account"""


class AccountFeed:
    """Numbers the messages of one shard."""

    def __init__(self, shard: int) -> None:
        self._shard = shard
        self._last: dict[int, int] = {}

    def meet(self, connection: psycopg.Connection[Any]) -> None:
        """Learn the numbers of accounts that there are, so that few batches have to ask."""
        rows = connection.execute(_ACCOUNTS, [self._shard, MAX_MET_AT_ONCE]).fetchall()
        self._learn(connection, list({account for (account,) in rows}))

    def lacks(self, rows: BatchRows) -> bool:
        """Whether `messages` will ask the table for a number."""
        if len(self._last) > MAX_KNOWN:
            self._last.clear()
        return not rows.account_events.keys() <= self._last.keys()

    def messages(
        self,
        connection: psycopg.Connection[Any],
        rows: BatchRows,
        balances: Sequence[tuple[int, str, int, int]],
    ) -> list[AccountNews]:
        """One for each account that has events; `balances` as `write_batch` takes them."""
        # Not as a difference of keys, which goes through all that are known.
        self._learn(connection, [account for account in rows.account_events if account not in self._last])
        of_account: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
        for account, asset, free_atoms, locked_atoms in balances:
            of_account[account].append((asset, free_atoms, locked_atoms))
        found = []
        for account, events in rows.account_events.items():
            self._last[account] = number = self._last[account] + 1
            found.append(AccountNews(account, number, encode_account_message(events, of_account[account])))
        return found

    def _learn(self, connection: psycopg.Connection[Any], missing: Sequence[int]) -> None:
        if not missing:
            return
        for account, number in connection.execute(_LAST, [self._shard, sorted(missing)]):
            self._last[account] = number or 0
