"""Holds what a replay of the journal gives each account to know against the stored messages of accounts.

A batch's commands have one time, and so have its messages: both are compared time by time, so that memory
does not grow with history. The oldest messages are deleted, so nothing is due before an account's first.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg

from exchange.batch_rows import BatchRows
from exchange.engine.engine import Engine
from exchange.engine.events import NamedEvent, named
from exchange.wire import AccountContent, decode_account_message

_FIRST = """
SELECT account_id, min(timestamp_ns) FROM exchange_accountmessage WHERE shard_id = %s GROUP BY account_id"""
_MESSAGES = """
SELECT account_id, sequence, timestamp_ns, content FROM exchange_accountmessage
 WHERE shard_id = %s ORDER BY timestamp_ns, account_id, sequence"""
_CHUNK = 5_000


class ReplayedMessages:
    """`begin` before the commands of a time are applied, `take` after each, `finish` after the last."""

    def __init__(self, connection: psycopg.Connection[Any], shard: int, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._first: Mapping[int, int] = dict(connection.execute(_FIRST, [shard]).fetchall())
        self._stored = _stored(connection, shard)
        self._next = next(self._stored, None)
        self._time_ns = 0
        self._events: dict[int, list[NamedEvent]] = {}
        self._assets: dict[int, set[str]] = {}

    def begin(self, timestamp_ns: int, engine: Engine) -> None:
        """`engine` is as the commands before left it."""
        if timestamp_ns != self._time_ns:
            self._compare(engine)
            self._time_ns = timestamp_ns

    def take(self, rows: BatchRows) -> None:
        for account, events in rows.account_events.items():
            self._events.setdefault(account, []).extend(named(event) for event in events)
        for account, asset in rows.touched:
            self._assets.setdefault(account, set()).add(asset)

    def finish(self, engine: Engine) -> None:
        self._compare(engine)
        if self._next is not None:
            account, sequence, *_ = self._next
            self._tell(f"account {account}: the journal does not explain message {sequence}")

    def _compare(self, engine: Engine) -> None:
        stored = self._of_this_time()
        for account, events in self._events.items():
            first_ns = self._first.get(account)
            if first_ns is None:
                self._tell(f"account {account} has no message at all")
                self._first = {**self._first, account: 2**63}
            elif first_ns <= self._time_ns:
                self._compare_account(engine, account, events, stored.pop(account, []))
        for account in stored:
            self._tell(f"account {account} has a message of {self._time_ns}, when nothing concerned it")
        self._events.clear()
        self._assets.clear()

    def _of_this_time(self) -> dict[int, list[AccountContent]]:
        """By account. What is older than this time belongs to none."""
        found: dict[int, list[AccountContent]] = {}
        while self._next is not None and self._next[2] <= self._time_ns:
            account, sequence, timestamp_ns, content = self._next
            if timestamp_ns < self._time_ns:
                self._tell(f"account {account}: the journal does not explain message {sequence}")
            else:
                found.setdefault(account, []).append(_content(bytes(content)))
            self._next = next(self._stored, None)
        return found

    def _compare_account(
        self, engine: Engine, account: int, events: list[NamedEvent], messages: list[AccountContent]
    ) -> None:
        """Of batches of one time the first messages may be deleted; the last has the balances of now."""
        told = [event for message in messages for event in message.events]
        is_suffix = self._first[account] == self._time_ns and messages and events[-len(told) :] == told
        if told != events and not is_suffix:
            self._tell(
                f"account {account}: its messages of {self._time_ns} have other events than the journal"
            )
            return
        balances = {held.asset: (held.free_atoms, held.locked_atoms) for held in messages[-1].balances}
        assets = self._assets.get(account, set())
        complete = balances.keys() == assets if len(messages) == 1 else balances.keys() <= assets
        if not complete or any(engine.balance(account, asset) != held for asset, held in balances.items()):
            self._tell(f"account {account}: its messages of {self._time_ns} have other balances")


def _content(content: bytes) -> AccountContent:
    """What cannot be read says nothing, which is never what the journal says."""
    try:
        return decode_account_message(content)
    except (ValueError, TypeError, LookupError):
        return AccountContent([], [])


def _stored(connection: psycopg.Connection[Any], shard: int) -> Iterator[tuple[Any, ...]]:
    with connection.cursor(name="messages") as cursor:
        cursor.itersize = _CHUNK
        cursor.execute(_MESSAGES, [shard])
        yield from cursor
