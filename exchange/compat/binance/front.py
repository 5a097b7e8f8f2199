"""A surface over HTTP: finds the operation, reads and admits the request, runs it, answers as Binance does.

Nothing that a client sends gets any other answer than JSON with a code and a message.
"""

import inspect
import logging
from collections.abc import Awaitable
from functools import cache
from typing import cast

import msgspec

from access.admission import Gate
from access.api_input import check_host
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
from access.request_lines import REQUEST_ID_HEADER
from access.threads import in_thread
from exchange.compat.binance import refusals, signing
from exchange.compat.binance.admission import Visit, admit
from exchange.compat.binance.limits import NOTHING_COUNTED, CountedRefusal, Limits
from exchange.compat.binance.operations import Call, Handler, Operation, Surface
from exchange.compat.binance.parameters import read_raw
from exchange.compat.binance.refusals import Refusal
from exchange.compat.binance.translation import refusal_of
from logs.context import current_request_id, learn

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 16 * 1024
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
        answering = _Answering(gate, self._limits, self._surface, scope, receive)
        try:
            content = await answering.content()
            status, body = 200, msgspec.json.encode(content)
        except ClientGone:
            return answering.name, 499
        except Exception as error:
            refusal = await answering.refusal(error)
            if refusal.status == 500:
                logger.exception("%s failed", answering.name)
            status, body = refusal.status, refusal.encoded()
        await send_whole(send, status, answering.headers, body)
        return answering.name, status


class _Answering:
    """One request while it is being answered. `name` is what answers, for the metrics."""

    def __init__(self, gate: Gate, limits: Limits, surface: Surface, scope: Scope, receive: Receive) -> None:
        self.name = surface.name
        self.headers: Headers = [(REQUEST_ID_HEADER, current_request_id().encode()), *_FIXED]
        self._gate = gate
        self._limits = limits
        self._surface = surface
        self._scope = scope
        self._receive = receive
        self._has_unread_body = True
        self._visit: Visit | None = None
        self._counted = NOTHING_COUNTED

    async def content(self) -> object:
        head = read_head(self._scope)
        self._has_unread_body = head.has_body
        check_host(head)
        operation = await self._operation(head)
        self.name = operation.name
        body = await read_body(head, self._receive, MAX_BODY_BYTES)
        self._has_unread_body = False
        if head.method == "GET":
            body = b""  # what a GET asks stands in its query, and its signature covers nothing else
        self._visit = visit = Visit(self._gate, self._limits, head, operation)
        visit.key = head.headers.get(signing.KEY_HEADER, "")
        try:
            visit.raw = read_raw(head.raw_query, body)
            visit.signed = signing.signed_text(head.raw_query, body)
        except Refusal:
            await visit.count_refused()
            raise
        call = await admit(visit)
        learn(user_id=call.caller.user_id or None, key_id=call.caller.key_id or None)
        content = await run(operation, call)
        self.headers += encoded(visit.counted.headers())
        return content

    async def _operation(self, head: Head) -> Operation:
        operation = self._surface.by_line.get((head.method, head.path))
        if operation is None:
            self._counted = await self._limits.count(head.ip, 0, 1, 0)
            raise refusals.not_served()
        return operation

    async def refusal(self, error: Exception) -> Refusal:
        refusal = refusal_of(error, self._visit.operation if self._visit else None)
        self.headers += encoded(refusal.headers())
        counted = self._counted if self._visit is None else self._visit.counted
        says_it_itself = isinstance(refusal, CountedRefusal)
        if counted is not NOTHING_COUNTED and not says_it_itself:
            self.headers += encoded(counted.headers())
        if self._has_unread_body:
            await discard_body(self._receive)
            self.headers.append((b"connection", b"close"))
        return refusal


@cache
def _is_async(handler: Handler) -> bool:
    return inspect.iscoroutinefunction(handler)


async def run(operation: Operation, call: Call) -> object:
    """The handler's answer: `async def` in the event loop, `def` in a thread."""
    if _is_async(operation.run):
        return await cast(Awaitable[object], operation.run(call))
    return await in_thread(operation.run, call)
