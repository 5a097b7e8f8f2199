"""An account listened to under its listen key, for as long as that is valid."""

import asyncio
from typing import NamedTuple

from redis.exceptions import RedisError

from access.http import Caller, Scope
from access.messages import Head
from access.selectors import KeyRecord, find_key, public_id_of
from access.sockets.connection import NORMAL, Connection
from access.sockets.identities import Identity
from access.threads import in_thread
from exchange.compat.binance.sockets.dialect import now_ms
from exchange.compat.binance.spot.user_data.keys import bearer_of, does_not_exist, remaining_ms
from exchange.compat.binance.spot.user_data.listening import (
    Opening,
    UserDataSubscription,
    Wrap,
    open_account,
)

LOOK_SECONDS = 2.0  # so often whether it was ended or extended meanwhile


class KeyOpening(NamedTuple):
    listen_key: str
    opening: Opening


async def open_listen_key(head: Head, listen_key: str) -> KeyOpening:
    """Before who asked is told that he listens. Raises Refusal -1125, and -1001 without Redis."""
    bearer = await bearer_of(listen_key)
    record = await in_thread(_record, bearer.key_id)
    if record is None or Scope.READ not in record.scopes or not record.allows(head.ip):
        raise does_not_exist()
    return KeyOpening(listen_key, await open_account(Identity(_caller(record, head.ip), "")))


def _record(key_id: int) -> KeyRecord | None:
    return find_key(public_id_of(key_id))


def _caller(record: KeyRecord, ip: str) -> Caller:
    return Caller(record.user_id, record.key_id, record.scopes, ip)


class ListenKeySubscription(UserDataSubscription):
    """`name` is that of the subscription on its connection. Where nothing else is listened to there, the
    connection ends with the key."""

    def __init__(self, connection: Connection, opened: KeyOpening, wrap: Wrap, name: str) -> None:
        super().__init__(connection, opened.opening, wrap)
        self._listen_key = opened.listen_key
        self._name = name
        self._watch: asyncio.Task[None] | None = None

    def begin(self) -> None:
        super().begin()
        self._watch = asyncio.create_task(self._watch_key(), name="listen key")

    def close(self) -> None:
        super().close()
        if self._watch is not None:
            self._watch.cancel()

    async def _watch_key(self) -> None:
        left_ms: int | None = 0
        while left_ms is not None:
            await asyncio.sleep(min(LOOK_SECONDS, left_ms / 1_000) if left_ms else LOOK_SECONDS)
            try:
                left_ms = await remaining_ms(self._listen_key)
            except RedisError:  # nobody is put out because nobody can be asked
                left_ms = 0
        self.say({"e": "listenKeyExpired", "E": now_ms(), "listenKey": self._listen_key})
        self._watch = None  # it ends itself
        connection = self._connection
        if connection.subscriptions.get(self._name) is self:
            connection.unsubscribe(self._name)
        if not connection.subscriptions:
            connection.close(NORMAL, "the listen key is not valid any more")
