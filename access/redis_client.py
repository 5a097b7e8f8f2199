"""The Redis client of what is told and looked up beside a transaction: it gives up soon, because nothing
waits for it and everything it carries can be had elsewhere.
"""

from functools import cache

from django.conf import settings
from redis import BlockingConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_S = 0.5


def brief_redis() -> Redis:
    """One pool for each process and server. Tries once more where the connection was gone."""
    return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> Redis:
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=settings.POOL_CONNECTIONS,
        timeout=TIMEOUT_S,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),
    )
    return Redis.from_pool(pool)
