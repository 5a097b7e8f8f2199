"""The house's own dialect: auth, subscribe, unsubscribe, ping, and how any request of it is read."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from access.errors import DomainError, Internal, MissingField, RateLimited, UnknownField
from access.fields import IntegerField, PatternField
from access.http import domain_error
from access.key_errors import RecvWindow
from access.limits import bucket_for
from access.serializers import StrictSerializer
from access.signing import MAX_RECV_WINDOW_MS
from access.sockets.census import census
from access.sockets.channels import Channel, SocketOperation, Values, channels, operations, register_operation
from access.sockets.connection import MAX_IN_FLIGHT, NOT_AUTHENTICATED, POLICY, Connection, Job
from access.sockets.dialect import Content, SocketLimits
from access.sockets.errors import AlreadyAuthenticated, InvalidTicket, TooManyConnections
from access.sockets.frames import (
    SHUTDOWN,
    Frame,
    answer,
    encode,
    read_request,
    refusal,
    take_name,
    unreadable,
)
from access.sockets.guard import MAX_FRAME_BYTES
from access.sockets.identities import Identity, by_signature, by_ticket
from logs.context import learn

HEARTBEAT_SECONDS = 15.0


class HouseDialect:
    """Of `/ws/v1/`. One for all of its connections."""

    limits = SocketLimits()

    def welcome(self, connection: Connection) -> Frame:
        limits = {
            "frame_bytes": MAX_FRAME_BYTES,
            "subscriptions": self.limits.subscriptions,
            "messages_per_second": self.limits.controls[0],
            "orders_in_flight": MAX_IN_FLIGHT,
            "heartbeat_ms": int(HEARTBEAT_SECONDS * 1000),
        }
        number = connection.connection_id
        return encode({"type": "welcome", "connection_id": number, "time_ms": _now_ms(), "limits": limits})

    async def receive(self, connection: Connection, text: str) -> None:
        await receive(connection, text)

    def answer(self, number: object, result: object) -> Frame:
        return answer(number, result)

    def refusal(self, number: object, error: Exception) -> Frame:
        return refusal(number, domain_error(error) or Internal())

    def is_refusal(self, error: Exception) -> bool:
        return domain_error(error) is not None

    def heartbeat(self) -> Frame:
        return encode({"type": "heartbeat", "time_ms": _now_ms()})

    def notice(self, content: Content) -> Frame:
        return encode({**content, "time_ms": _now_ms()})

    def shutdown(self) -> Frame:
        return SHUTDOWN


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class _TicketField(PatternField):
    pattern = "^[A-Za-z0-9_-]{1,64}$"
    error = InvalidTicket


class _HeaderField(PatternField):
    """As it would stand in a header; whether it is right the gate says."""

    pattern = "^[!-~]{1,256}$"


class _WindowField(IntegerField):
    def parse(self, value: object) -> int:
        if type(value) is not int or not 1 <= value <= MAX_RECV_WINDOW_MS:
            raise RecvWindow
        return value


class AuthForm(StrictSerializer):
    """A ticket, or a key with its signature."""

    ticket = _TicketField(required=False)
    key = _HeaderField(required=False)
    timestamp = IntegerField(required=False)
    nonce = _HeaderField(required=False)
    signature = _HeaderField(required=False)
    recv_window = _WindowField(required=False)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        signed = ("key", "timestamp", "nonce", "signature")
        if values["ticket"] is not None:
            for name in (*signed, "recv_window"):
                if values[name] is not None:
                    raise UnknownField("A ticket stands alone.", field=name)
            return
        for name in signed:
            if values[name] is None:
                raise MissingField(field=name)


class NothingForm(StrictSerializer):
    """No further members."""


async def _ping(connection: Connection, values: Values, queued: Callable[[], None]) -> object:
    return {"time_ms": _now_ms()}


async def _auth(connection: Connection, values: Values, queued: Callable[[], None]) -> object:
    if connection.identity is not None:
        raise AlreadyAuthenticated
    try:
        identity = await _prove(connection, values)
        caller = identity.caller
        name = f"key:{caller.key_id}" if caller.key_id else f"user:{caller.user_id}"
        census.rename(connection, name)
    except TooManyConnections:
        connection.close(POLICY, "too many connections")
        raise
    except DomainError as error:
        error.field = error.field.removeprefix("X-").lower().replace("-", "_")
        if error.status in (401, 403):
            connection.close(NOT_AUTHENTICATED, error.code)
        raise
    connection.identity = identity
    learn(user_id=caller.user_id, key_id=caller.key_id or None)
    return {"user_id": str(caller.user_id), "scopes": sorted(caller.scopes)}


async def _prove(connection: Connection, values: Values) -> Identity:
    if values["ticket"] is not None:
        connection.gate.count_lookup(connection.head)
        return await by_ticket(connection.head.ip, values["ticket"])
    return await by_signature(connection.gate, connection.head, values)


async def receive(connection: Connection, text: str) -> None:
    """One message of the client. It is always answered, if only by closing the connection.

    Each takes of an allowance: an order of its key's bucket, as over HTTP before it is read any further;
    all else, and orders of who may send none, of the connection's own.
    """
    number: object = None
    is_counted = False
    try:
        number, members = read_request(text)
        name = take_name(members, "op", {**operations, "subscribe": None, "unsubscribe": None})
        operation = operations.get(name)
        if operation is not None and operation.cost and connection.may(operation.scope):
            connection.take_in(job_of(connection, operation, number, members))
            return
        is_counted = True
        connection.count_control()
        if operation is None:
            await _change_subscription(connection, name, number, members)
            return
        connection.require(operation.scope)
        values = operation.form.parse(members)
        connection.send(answer(number, await operation.run(connection, values, _nothing)))
    except Exception as error:  # noqa: BLE001 (whatever it is, the client gets an answer)
        connection.refuse(number, unreadable(error) if isinstance(error, RecursionError) else error)
        if not is_counted:
            _count_unreadable(connection, error)


def job_of(connection: Connection, operation: SocketOperation, number: object, members: Values) -> Job:
    async def admit() -> None:
        """From the bucket that the same person's requests take theirs from."""
        assert connection.identity is not None
        caller = connection.identity.caller
        bucket = bucket_for("key", caller.key_id) if caller.key_id else bucket_for("user", caller.user_id)
        await connection.gate.limits.admit(bucket, cost=operation.cost, nonce="", is_safe=False)

    async def run(admitted: None, queued: Callable[[], None]) -> object:
        return await operation.run(connection, operation.form.parse(members), queued)

    return Job(number, admit, run)


def _nothing() -> None:
    pass


def _count_unreadable(connection: Connection, error: Exception) -> None:
    """Who sends what cannot be read is held to the rate of who can be."""
    if isinstance(error, DomainError) and error.status == 400 and not connection.is_closing:
        with suppress(RateLimited):
            connection.count_control()


async def _change_subscription(
    connection: Connection, name: str, number: object, members: dict[str, Any]
) -> None:
    channel: Channel = channels[take_name(members, "channel", channels)]
    if name == "subscribe":
        values = channel.form.parse(members)
        connection.require(channel.scope)
        key = f"{channel.name}:{channel.key(values)}"
        connection.check_new(key)
        subscription = await channel.open(connection, values)
        connection.subscriptions[key] = subscription
        connection.send(answer(number, {"channel": channel.name, **_shown(members)}))
        subscription.begin()
        return
    values = channel.form.parse(members)
    connection.unsubscribe(f"{channel.name}:{channel.key(values)}")
    connection.send(answer(number, {"channel": channel.name, **_shown(members)}))


def _shown(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name != "since"}


register_operation(SocketOperation("ping", NothingForm, None, _ping))
register_operation(SocketOperation("auth", AuthForm, None, _auth))
