"""What a connection of the websocket API is: who it speaks for since which moment, and what it listens to."""

import hashlib
import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

from access.http import Caller, Scope
from access.selectors import public_id_of
from access.sockets.census import census
from access.sockets.connection import Connection
from access.sockets.errors import TooManyConnections
from access.sockets.identities import Identity
from access.threads import in_thread
from exchange.compat.binance import signing
from exchange.compat.binance.admission import Visit, admit, identify, values_of
from exchange.compat.binance.operations import Call, Security
from exchange.compat.binance.parameters import read_values
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.sockets.dialect import now_ms
from exchange.compat.binance.spot.user_data.listening import UserDataSubscription, open_account
from exchange.sending import Sender
from logs.context import learn

MAX_LISTENED = 16  # accounts that one connection listens to
_NS_PER_US = 1_000


class Answer(NamedTuple):
    """`then` is done when the answer is on its way."""

    result: object
    then: Callable[[], None] | None = None


class Session:
    """`identity` None: every request proves itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._connected_ms = now_ms()
        self._authorized_ms: int | None = None
        self._api_key: str | None = None
        self._by_logon: set[int] = set()
        self._listened: dict[int, UserDataSubscription] = {}
        self._last_number = -1

    @property
    def identity(self) -> Identity | None:
        return self._connection.identity

    @property
    def api_key(self) -> str | None:
        """The name of the key that logged on."""
        return self._api_key

    async def log_on(self, caller: Caller) -> None:
        """Raises Refusal where the key has as many connections as it may."""
        api_key = await in_thread(public_id_of, caller.key_id)
        self._count_as(caller)
        self._connection.identity = Identity(caller, "")
        learn(user_id=caller.user_id, key_id=caller.key_id or None)
        self._api_key, self._authorized_ms = api_key, now_ms()

    def log_out(self) -> None:
        """What was listened to by the logon ends with it."""
        self._connection.identity = None
        learn(user_id=None, key_id=None)
        self._api_key = self._authorized_ms = None
        for number in sorted(self._by_logon):
            self.end(number)

    def status(self, *, shows_limits: bool) -> dict[str, object]:
        return {
            "apiKey": self._api_key,
            "authorizedSince": self._authorized_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": shows_limits,
            "serverTime": now_ms(),
            "userDataStream": bool(self._listened),
        }

    @property
    def numbers(self) -> list[int]:
        return sorted(self._listened)

    async def listen(self, caller: Caller, *, by_logon: bool) -> Answer:
        """Raises Refusal."""
        if any(one.identity.caller.user_id == caller.user_id for one in self._listened.values()):
            raise Refusal(-2035, "User Data Stream subscription already active.")
        if len(self._listened) >= MAX_LISTENED:
            raise Refusal(-1003, "Too many subscriptions on this connection.", status=429)
        if self._connection.identity is None and not self._listened:
            self._count_as(caller)
        opening = await open_account(Identity(caller, ""))
        self._last_number = number = self._last_number + 1
        subscription = UserDataSubscription(
            self._connection, opening, lambda event: {"subscriptionId": number, "event": event}
        )
        self._connection.subscriptions[_key(number)] = self._listened[number] = subscription
        if by_logon:
            self._by_logon.add(number)
        return Answer({"subscriptionId": number}, subscription.begin)

    def end(self, number: int) -> None:
        """Raises Refusal."""
        subscription = self._listened.pop(number, None)
        if subscription is None:
            raise Refusal(-2036, "User Data Stream subscription not active.")
        self._by_logon.discard(number)
        subscription.say({"e": "eventStreamTerminated", "E": now_ms()})
        self._connection.unsubscribe(_key(number))

    def _count_as(self, caller: Caller) -> None:
        try:
            census.rename(self._connection, f"key:{caller.key_id}")
        except TooManyConnections:
            raise Refusal(-1003, "Too many connections of this API-key.", status=429) from None


def _key(number: int) -> str:
    return f"user data:{number}"


async def admit_by_session(visit: Visit) -> Call:
    """Without a signature, by the key that logged on; the timestamp is still there. Raises Refusal.

    The key is looked at for each request: a revoked one may nothing, also before its connection is closed.
    """
    return await admit(visit, _by_session)


async def _by_session(visit: Visit) -> Call:
    operation = visit.operation
    now_us = time.time_ns() // _NS_PER_US
    deadline_us = now_us + signing.DEFAULT_WINDOW_MS * signing.US_PER_MS
    if operation.security is Security.SIGNED:
        deadline_us = signing.deadline_us(read_values(visit.raw, signing.STAMP), now_us)
    values = values_of(visit)
    caller = await identify(visit, operation.weight_of(values, on_socket=True))
    # What is sent on a connection cannot be sent again by another, so each request has an id of its own.
    name = uuid4()

    def sender() -> Sender:
        return Sender(
            account=caller.user_id,
            deadline_ns=deadline_us * _NS_PER_US,
            command_id=lambda shard, index: uuid5(name, f"{shard}:{index}"),
        )

    return Call(caller, values, now_us // signing.US_PER_MS, _identity_text(name), sender, visit.counted)


def check_scope(caller: Caller, scope: Scope | None) -> None:
    """Raises Refusal."""
    if scope is not None and scope not in caller.scopes:
        raise signing.not_permitted()


def _identity_text(name: UUID) -> str:
    return hashlib.sha256(name.bytes).hexdigest()
