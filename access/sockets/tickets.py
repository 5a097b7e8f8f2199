"""One-time tickets that carry an identity to a socket, where neither a header nor a cookie can.

Redis keeps the hash of a ticket for thirty seconds and gives it out once. Without Redis there are none.
"""

import hashlib
import secrets

import msgspec
from django.conf import settings
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from access.errors import ServiceUnavailable
from access.sockets.errors import InvalidTicket

TICKET_SECONDS = 30
TIMEOUT_SECONDS = 0.5

_clients: list[Redis] = []


class Bearer(msgspec.Struct, frozen=True):
    """For whom a ticket speaks: a key, or the session that asked for it."""

    user_id: int
    public_id: str = ""
    session: str = ""


_decoder = msgspec.json.Decoder(Bearer)


async def open_tickets() -> None:
    """When a web process starts."""
    pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=settings.POOL_CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    _clients.append(Redis.from_pool(pool))


async def close_tickets() -> None:
    while _clients:
        await _clients.pop().aclose()


async def issue_ticket(bearer: Bearer) -> str:
    """Raises ServiceUnavailable."""
    ticket = secrets.token_urlsafe(32)
    try:
        await _clients[0].set(_key(ticket), msgspec.json.encode(bearer), ex=TICKET_SECONDS)
    except RedisError as error:
        raise ServiceUnavailable("redis") from error
    return ticket


async def redeem_ticket(ticket: str) -> Bearer:
    """Once. Raises InvalidTicket, ServiceUnavailable."""
    try:
        found = await _clients[0].getdel(_key(ticket))
    except RedisError as error:
        raise ServiceUnavailable("redis") from error
    if not isinstance(found, bytes):
        raise InvalidTicket(field="ticket")
    return _decoder.decode(found)


def _key(ticket: str) -> str:
    return f"access:ws_ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
