"""What every trading endpoint needs: this process's gateway, the command's id, and its deadline."""

import asyncio
import time
from uuid import UUID, uuid4, uuid5

import redis.asyncio
from django.conf import settings
from django.db import InterfaceError, OperationalError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from access.errors import ServiceUnavailable
from access.http import ApiRequest
from access.signing import DEFAULT_RECV_WINDOW_MS, SIGNATURE_HEADER, TIMESTAMP_HEADER, WINDOW_HEADER
from access.threads import in_thread
from exchange.broadcast import BookSnapshot, decode_book
from exchange.gateway import REPLY_TIMEOUT_S, Gateway
from exchange.models import Market
from exchange.queue import book_key, pending_key
from exchange.rendering import NS_PER_MS
from exchange.selectors import committed_reply, find_market, known_market, shards
from exchange.wire import Reply

READ_TIMEOUT_S = 0.5
_NAMESPACE = UUID("5c0e57c4-3a8e-4f0c-9a0a-617069636d64")

_gateways: list[Gateway] = []


async def open_gateway() -> None:
    """When a web process starts: one gateway for its event loop."""
    client = redis_client()
    _gateways.append(Gateway(client, _look_up))


async def close_gateway() -> None:
    while _gateways:
        await _gateways.pop().close()


def gateway() -> Gateway:
    return _gateways[0]


def redis_client() -> redis.asyncio.Redis:
    """Never sends a command twice: whether the first one arrived cannot be known here."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=REPLY_TIMEOUT_S,
        socket_connect_timeout=1.0,
    )


async def is_pending(account: int, client_order_id: str) -> bool:
    """Whether a placement with this id is queued. Raises ServiceUnavailable where nobody can say."""
    keys = [pending_key(shard, account, client_order_id) for shard in await in_thread(shards)]
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return bool(keys) and bool(await gateway().client.exists(*keys))
    except (RedisError, TimeoutError) as error:
        raise ServiceUnavailable("the queue") from error


async def read_book(market: str) -> BookSnapshot | None:
    """The depth as the engine last sent it. Raises ServiceUnavailable where it cannot be asked for."""
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            data = await gateway().client.get(book_key(market))
    except (RedisError, TimeoutError) as error:
        raise ServiceUnavailable("market data") from error
    return decode_book(data) if isinstance(data, bytes) else None


async def _look_up(command_id: UUID) -> Reply | None:
    try:
        return await in_thread(committed_reply, command_id)
    except (
        OperationalError,
        InterfaceError,
    ):  # the command is queued: not known is not failed
        return None


async def market_of(symbol: str) -> Market:
    """Raises MarketNotFound. Asks the database only for a market this process has not met."""
    found = known_market(symbol)
    return found if found is not None else await in_thread(find_market, symbol)


def command_id_of(request: ApiRequest, shard: int) -> UUID:
    """The same signed request gives a shard the same id, so that a replay cannot be carried out twice.

    The signature stands for all that was signed: time, nonce, method, path, query and body.
    """
    if request.caller.is_session:
        return uuid4()
    return uuid5(_NAMESPACE, f"{shard}:{request.caller.key_id}:{request.headers[SIGNATURE_HEADER]}")


def deadline_ns_of(request: ApiRequest) -> int:
    """When the receive window of the request ends; the engine refuses what it reads later."""
    if request.caller.is_session:
        return time.time_ns() + DEFAULT_RECV_WINDOW_MS * NS_PER_MS
    window = int(request.headers.get(WINDOW_HEADER, DEFAULT_RECV_WINDOW_MS))
    return (int(request.headers[TIMESTAMP_HEADER]) + window) * NS_PER_MS
