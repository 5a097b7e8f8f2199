"""The co-signer over HTTP: plain ASGI with limits on size, time and number; every answer to who knows the
secret is sealed, and nobody else is told anything but that it runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from custody.cosigner.deeds import Answer, Deeds, fault
from custody.cosigner.gate import LOCK_SECONDS, Denial, Denied, Gate
from custody.faults import fault_point
from custody.signers.seal import SEAL_HEADER, answer_seal
from custody.signers.wire import MAX_REQUEST
from logs.context import MAX_REQUEST_ID, begin

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_SECONDS = 10.0
_AT_ONCE = 8
_MAX_TARGET = 500
_DENIALS = {
    Denial.UNSEALED: "The message has no seal, or a wrong one.",
    Denial.STALE: "The message is too old, or from the future: compare the clocks.",
    Denial.REPLAYED: "The message came before.",
}


class TooLarge(Exception):
    pass


class Gone(Exception):
    """The client left before its request was whole."""


class Application:
    def __init__(self, deeds: Deeds, gate: Gate) -> None:
        self._deeds = deeds
        self._gate = gate
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        if scope["path"] == "/healthz":
            await _send(send, Answer(200, b'{"status":"ok"}'))
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(scope, receive)
        except TooLarge:
            await _send(send, fault(413, "TOO_LARGE", f"At most {MAX_REQUEST} bytes."), ends=True)
        except TimeoutError:
            await _send(send, fault(408, "TOO_SLOW", "The request took too long to arrive."), ends=True)
        except Gone:
            return
        else:
            async with self._room:
                answer, seal = await asyncio.to_thread(self._answer, scope, body)
            fault_point("answering")
            await _send(send, answer, seal)

    def _answer(self, scope: Scope, body: bytes) -> tuple[Answer, str]:
        """The answer, with its seal for who has proved to know the secret."""
        method, target = scope["method"], _target(scope)
        try:
            envelope = self._gate.admit(_address(scope), method, target, _headers(scope), body)
        except Denied as denied:
            if denied.is_locked:
                return fault(429, "LOCKED", f"Too many wrong messages; wait {LOCK_SECONDS} s."), ""
            return fault(401, denied.denial, _DENIALS[denied.denial]), ""
        begin(_request_id(scope))  # of who has proved to know the secret
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        answer = self._deeds.do(method, scope["path"], query, body)
        return answer, answer_seal(self._gate.secret, envelope.seal, answer.status, answer.body)


async def _body(scope: Scope, receive: Receive) -> bytes:
    told = _headers(scope).get("content-length", "0")
    if len(target := _target(scope)) > _MAX_TARGET or not told.isdigit() or int(told[:12]) > MAX_REQUEST:
        raise TooLarge(target[:_MAX_TARGET])
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MAX_REQUEST:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(pieces)


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _headers(scope: Scope) -> Mapping[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _request_id(scope: Scope) -> str:
    """Of what the house asks for; "" where it says none, or something that is none."""
    told = _headers(scope).get("x-request-id", "")
    return told if len(told) <= MAX_REQUEST_ID and told.replace("-", "").isalnum() else ""


def _address(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else ""


async def _send(send: Send, answer: Answer, seal: str = "", *, ends: bool = False) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(answer.body)).encode()),
    ]
    if seal:
        headers.append((SEAL_HEADER.encode(), seal.encode()))
    if ends:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
