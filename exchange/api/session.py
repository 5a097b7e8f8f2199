"""What every trading endpoint needs of its request: who sends, the commands' ids, their deadline."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID, uuid4, uuid5

from redis.exceptions import RedisError

from access.errors import ServiceUnavailable
from access.http import ApiRequest
from access.signing import DEFAULT_RECV_WINDOW_MS, SIGNATURE_HEADER, TIMESTAMP_HEADER, WINDOW_HEADER
from access.threads import in_thread
from exchange.broadcast import BookSnapshot, decode_book
from exchange.queue import book_key, pending_key
from exchange.rendering import NS_PER_MS
from exchange.selectors import shards
from exchange.sending import Sender
from exchange.web_gateway import gateway

READ_TIMEOUT_S = 0.5
_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-617069636d64")


async def is_pending(account: int, client_order_id: str) -> bool:
    """Whether a placement with this id is queued. Raises ServiceUnavailable where nobody can say."""
    keys = [pending_key(shard, account, client_order_id) for shard in await in_thread(shards)]
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return bool(keys) and bool(await gateway().client.exists(*keys))
    except (RedisError, TimeoutError) as error:
        raise ServiceUnavailable("the queue") from error


async def read_books(markets: Sequence[str]) -> list[BookSnapshot | None]:
    """The depths as the engines last sent them. Raises ServiceUnavailable where they cannot be asked for."""
    if not markets:
        return []
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            found = await gateway().client.mget([book_key(market) for market in markets])
    except (RedisError, TimeoutError) as error:
        raise ServiceUnavailable("market data") from error
    return [decode_book(data) if isinstance(data, bytes) else None for data in found]


def sender_of(request: ApiRequest) -> Sender:
    return Sender(
        account=request.caller.user_id,
        deadline_ns=deadline_ns_of(request),
        command_id=lambda shard, index: command_id_of(request, shard, index),
    )


def command_id_of(request: ApiRequest, shard: int, index: int = 0) -> UUID:
    """The same signed request gives a shard the same ids, so that a replay cannot be carried out twice.

    The signature stands for all that was signed: time, nonce, method, path, query and body.
    """
    if request.caller.is_session:
        return uuid4()
    signed = f"{request.caller.key_id}:{request.headers[SIGNATURE_HEADER]}"
    return uuid5(_NAMESPACE, f"{shard}:{index}:{signed}")


def deadline_ns_of(request: ApiRequest) -> int:
    """When the receive window of the request ends; the engine refuses what it reads later."""
    if request.caller.is_session:
        return time.time_ns() + DEFAULT_RECV_WINDOW_MS * NS_PER_MS
    window = int(request.headers.get(WINDOW_HEADER) or DEFAULT_RECV_WINDOW_MS)  # as the signature was read
    return (int(request.headers[TIMESTAMP_HEADER]) + window) * NS_PER_MS
