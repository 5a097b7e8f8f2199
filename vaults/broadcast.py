"""What is told of vaults after a commit, to whoever listens. It may be lost; events have it for ever."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import redis
from django.db import transaction

from access.redis_client import brief_redis

CHANNEL = "vaults:events"

logger = logging.getLogger(__name__)


class Told(NamedTuple):
    """One event of one vault, for its owner."""

    owner_id: int
    vault_id: str
    version: int
    name: str
    data: dict[str, object]


def tell_after_commit(events: Sequence[Told]) -> None:
    """Inside the transaction that appends them."""
    transaction.on_commit(lambda: _publish(events))


def _publish(events: Sequence[Told]) -> None:
    pipeline = brief_redis().pipeline(transaction=False)
    for event in events:
        pipeline.publish(CHANNEL, msgspec.msgpack.encode(event))
    try:
        pipeline.execute()
    except redis.RedisError as error:
        logger.warning("changes of vaults are not told: %s", error)
