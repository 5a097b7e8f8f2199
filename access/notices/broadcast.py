"""Notices that were committed, told to the web processes for whoever listens. It may be lost; the list has
them.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import redis
from django.db import transaction

from access.redis_client import brief_redis

CHANNEL = "notices:told"
BATCH = 200

logger = logging.getLogger(__name__)


class Told(NamedTuple):
    """One notice, for its user."""

    user_id: int
    notice_id: int
    kind: str
    text: str
    data: Mapping[str, object]
    created_ms: int


def tell_after_commit(told: Sequence[Told]) -> None:
    """Inside the transaction that writes them."""
    if told:
        transaction.on_commit(lambda: _publish(told))


def _publish(told: Sequence[Told]) -> None:
    pipeline = brief_redis().pipeline(transaction=False)
    for begin in range(0, len(told), BATCH):
        pipeline.publish(CHANNEL, msgspec.msgpack.encode(told[begin : begin + BATCH]))
    try:
        pipeline.execute()
    except redis.RedisError as error:
        logger.warning("notices are not told to the sockets: %s", error)


def decode(data: bytes) -> list[Told]:
    """Raises msgspec.DecodeError for anything else."""
    return msgspec.msgpack.decode(data, type=list[Told])
