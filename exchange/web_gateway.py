"""This web process's one gateway to the engines: opened and closed with its event loop."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import redis.asyncio
from django.conf import settings
from django.db import InterfaceError, OperationalError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from access.threads import in_thread
from exchange.gateway import REPLY_TIMEOUT_S, Gateway
from exchange.selectors import committed_replies
from exchange.wire import Reply

MAX_CONNECTIONS = 64
FREE_CONNECTION_TIMEOUT_S = 1.0

_gateways: list[Gateway] = []


async def open_gateway() -> None:
    """When a web process starts: one gateway for its event loop."""
    _gateways.append(Gateway(redis_client(), _look_up))


async def close_gateway() -> None:
    while _gateways:
        await _gateways.pop().close()


def gateway() -> Gateway:
    return _gateways[0]


def redis_client() -> redis.asyncio.Redis:
    """Never sends a command twice: whether the first one arrived cannot be known here."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=min(MAX_CONNECTIONS, settings.POOL_CONNECTIONS),
        timeout=FREE_CONNECTION_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=REPLY_TIMEOUT_S,
        socket_connect_timeout=1.0,
    )
    return redis.asyncio.Redis.from_pool(pool)


async def _look_up(command_ids: Sequence[UUID]) -> Mapping[UUID, Reply]:
    try:
        return await in_thread(committed_replies, command_ids)
    except (OperationalError, InterfaceError):  # the commands are queued: not known is not failed
        return {}
