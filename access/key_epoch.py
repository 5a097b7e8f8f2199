"""The epoch of API keys: a random value in Redis. With a new one every web process forgets what it cached."""

import logging
import secrets

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

EPOCH_KEY = "access:key_epoch"


def change_key_epoch() -> None:
    """A Redis that is down is logged and no error: cached keys then die by age."""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
            redis.set(EPOCH_KEY, secrets.token_hex(8))
    except (RedisError, OSError):
        logger.warning("The key epoch could not be changed; other processes follow within seconds")
