"""The ASGI side of one request: its head, its body within limits of size and time, and the answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from access.errors import (
    DuplicateParam,
    HeadersTooLarge,
    Malformed,
    PayloadTooLarge,
    RequestTimeout,
    UriTooLong,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

MAX_URL_BYTES = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
BODY_SECONDS = 15.0
DISCARD_BYTES = 4 * 1024 * 1024
DISCARD_SECONDS = 1.0

# Headers that decide something. Two of one could be read differently by two readers.
_SINGLE = frozenset(
    {
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "origin",
        "x-api-key",
        "x-csrftoken",
        "x-mbx-apikey",
        "x-nonce",
        "x-recv-window",
        "x-signature",
        "x-timestamp",
    }
)


class ClientGone(Exception):
    """The client went away before its request was whole. There is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head as the front door believes it: the address and scheme come from trusted hops only."""

    method: str
    path: str
    target: str
    raw_query: bytes
    headers: dict[str, str]
    ip: str
    scheme: str

    @property
    def has_body(self) -> bool:
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers


def read_head(scope: Scope) -> Head:
    """Refuses a head that is too long or says something twice, and a NUL in its URL: no text can hold one."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    raw_query: bytes = scope["query_string"]
    if len(raw_path) + len(raw_query) > MAX_URL_BYTES:
        raise UriTooLong
    if b"%00" in raw_path or b"%00" in raw_query or "\0" in scope["path"]:
        raise Malformed("The URL holds a NUL.")
    raw_headers: Headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in raw_headers)
    if len(raw_headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        raise HeadersTooLarge
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw_headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in headers:
            if name in _SINGLE:
                raise DuplicateParam("This header may be given only once.", field=name)
            value = f"{headers[name]}{'; ' if name == 'cookie' else ', '}{value}"
        headers[name] = value
    path = raw_path.decode("latin-1")
    target = f"{path}?{raw_query.decode('latin-1')}" if raw_query else path
    return Head(scope["method"], scope["path"], target, raw_query, headers, *_hop(scope, headers))


def _hop(scope: Scope, headers: dict[str, str]) -> tuple[str, str]:
    """The client's address and scheme. Of what proxies say, only our own hops' last words count."""
    client = scope.get("client")
    ip, scheme = (client[0] if client else ""), scope.get("scheme", "http")
    hops: int = settings.TRUSTED_PROXY_HOPS
    if hops == 0:
        return ip, scheme
    addresses = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
    if len(addresses) >= hops:
        ip = addresses[-hops]
    forwarded = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip()
    return ip, (forwarded if forwarded in ("http", "https") else scheme)


async def read_body(head: Head, receive: Receive, limit: int) -> bytes:
    """The whole body, counted while it comes, so that no lying or endless length fills memory."""
    if not head.has_body:
        return b""
    declared = head.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise PayloadTooLarge
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _collect(receive, limit)
    except TimeoutError:
        raise RequestTimeout from None


async def _collect(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise PayloadTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if len(chunks) > 1 else chunk


async def discard_body(receive: Receive) -> None:
    """Read on a little before a refusal closes the connection: a client that still writes would see a reset
    instead of the answer."""
    left = DISCARD_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def encoded(headers: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Headers:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
