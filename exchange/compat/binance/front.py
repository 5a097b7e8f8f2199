"""A surface over HTTP: finds the operation, reads and admits the request, runs it, answers as Binance does.

Nothing that a client sends gets any other answer than JSON with a code and a message.
"""

import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from typing import cast
from uuid import UUID, uuid5

import msgspec

from access.admission import KEY_PATTERN, Gate
from access.api_input import check_host
from access.http import Caller
from access.key_errors import InvalidKey
from access.messages import (
    ClientGone,
    Head,
    Headers,
    Receive,
    Scope,
    Send,
    discard_body,
    encoded,
    read_body,
    read_head,
    send_whole,
)
from access.selectors import KeyRecord
from access.threads import in_thread
from exchange.compat.binance import refusals, signing
from exchange.compat.binance.limits import Counted, Limits
from exchange.compat.binance.operations import Call, Operation, Security, Surface
from exchange.compat.binance.parameters import Raw, Values, read_raw, read_values
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.translation import refusal_of
from exchange.rendering import NS_PER_MS
from exchange.sending import Sender

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 16 * 1024
_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-62696e616e63")
_FIXED: Headers = [
    (b"content-type", b"application/json;charset=UTF-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]


class BinanceFront:
    """Serves one surface. `limits` are shared by all surfaces of a web process."""

    def __init__(self, surface: Surface, limits: Limits) -> None:
        self._surface = surface
        self._limits = limits

    @property
    def prefixes(self) -> tuple[str, ...]:
        return self._surface.prefixes

    async def serve(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
        name = self._surface.name
        has_unread_body = True
        headers = list(_FIXED)
        try:
            head = read_head(scope)
            has_unread_body = head.has_body
            check_host(head)
            body = await read_body(head, receive, MAX_BODY_BYTES)
            has_unread_body = False
            operation = self._operation(head)
            name = operation.name
            content = await self._answer(gate, operation, head, body, headers)
            status, answer = 200, msgspec.json.encode(content)
        except ClientGone:
            return name, 499
        except Exception as error:
            refusal = refusal_of(error)
            if refusal.status == 500:
                logger.exception("%s failed", name)
            status, answer = refusal.status, refusal.encoded()
            headers += encoded(refusal.headers())
            if has_unread_body:
                await discard_body(receive)
                headers.append((b"connection", b"close"))
        await send_whole(send, status, headers, answer)
        return name, status

    def _operation(self, head: Head) -> Operation:
        operation = self._surface.by_line.get((head.method, head.path))
        if operation is None:
            raise Refusal(-1, f"There is no {head.method} {head.path} here.", status=404)
        return operation

    async def _answer(
        self, gate: Gate, operation: Operation, head: Head, body: bytes, headers: Headers
    ) -> object:
        raw = read_raw(head.raw_query, body)
        now_ms = time.time_ns() // NS_PER_MS
        if operation.security is Security.SIGNED:
            return await self._signed(gate, operation, head, body, raw, now_ms, headers)
        values = read_values(raw, operation.parameters)
        _check_together(operation, values)
        weight = operation.weight_of(values)
        if operation.security is Security.KEY:
            caller, counted = await self._identify(gate, head, operation, lambda record: None, weight)
        else:
            caller = Caller(0, 0, frozenset(), head.ip)
            counted = await self._limits.count(head.ip, 0, weight, 0)
        headers += encoded(counted.headers())
        return await run(operation, Call(caller, values, now_ms, "", _nobody))

    async def _signed(
        self,
        gate: Gate,
        operation: Operation,
        head: Head,
        body: bytes,
        raw: Raw,
        now_ms: int,
        headers: Headers,
    ) -> object:
        stamp = read_values(raw, signing.STAMP)
        deadline_ms = signing.deadline_ms(stamp["timestamp"], stamp["recvWindow"], now_ms)
        message, signature = signing.signed_text(head.raw_query, body), raw.get(signing.SIGNATURE, "")
        if not signature:
            raise refusals.mandatory(signing.SIGNATURE)
        values = read_values(raw, operation.parameters)
        _check_together(operation, values)

        def check(record: KeyRecord) -> None:
            signing.check_signature(record, message, signature)

        weight = operation.weight_of(values)
        caller, counted = await self._identify(gate, head, operation, check, weight)
        headers += encoded(counted.headers())
        identity = f"{caller.key_id}:{signature}"

        def sender() -> Sender:
            return Sender(
                account=caller.user_id,
                deadline_ns=deadline_ms * NS_PER_MS,
                command_id=lambda shard, index: uuid5(_NAMESPACE, f"{shard}:{index}:{identity}"),
            )

        return await run(operation, Call(caller, values, now_ms, identity, sender))

    async def _identify(
        self, gate: Gate, head: Head, operation: Operation, check: Callable[[KeyRecord], None], weight: int
    ) -> tuple[Caller, Counted]:
        key = head.headers.get(signing.KEY_HEADER, "")
        if KEY_PATTERN.fullmatch(key) is None:
            raise signing.bad_key_format()

        def check_all(record: KeyRecord) -> None:
            if record.expires_at is not None and record.expires_at.timestamp() <= time.time():
                raise signing.not_permitted()
            check(record)
            if not record.allows(head.ip) or not (
                operation.scope is None or operation.scope in record.scopes
            ):
                raise signing.not_permitted()

        async def take(record: KeyRecord) -> Counted:
            return await self._limits.count(head.ip, record.user_id, weight, operation.orders)

        try:
            return await gate.identify(key, head, check_all, take)
        except InvalidKey:
            raise signing.not_permitted() from None


def _nobody() -> Sender:
    raise AssertionError("only a signed request sends")


def _check_together(operation: Operation, values: Values) -> None:
    if operation.check is not None:
        operation.check(values)


async def run(operation: Operation, call: Call) -> object:
    """The handler's answer: `async def` in the event loop, `def` in a thread."""
    if inspect.iscoroutinefunction(operation.run):
        return await cast(Awaitable[object], operation.run(call))
    return await in_thread(operation.run, call)
