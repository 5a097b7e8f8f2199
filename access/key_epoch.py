"""The epoch of API keys: a random value in Redis. With a new one every web process forgets what it cached."""

import logging
import secrets

from redis.exceptions import RedisError

from access.redis_client import brief_redis

logger = logging.getLogger(__name__)

EPOCH_KEY = "access:key_epoch"


def change_key_epoch() -> None:
    """A Redis that is down is logged and no error: cached keys then die by age."""
    try:
        brief_redis().set(EPOCH_KEY, secrets.token_hex(8))
    except (RedisError, OSError):
        logger.warning("The key epoch could not be changed; other processes follow within seconds")
