"""Tells a shard's engine that a row waits for it. Only a hint: the engine looks for itself each second."""

import logging
from uuid import UUID

import redis

from access.redis_client import brief_redis
from exchange.submission import SUBMIT_SCRIPT, Submission, submission_arguments
from exchange.wire import encode_due_request

logger = logging.getLogger(__name__)


def announce_request(*, shard: int, command_id: UUID) -> None:
    """Never raises for a queue that is away: then it takes up to a second longer."""
    message = encode_due_request(command_id=command_id)
    keys, arguments = submission_arguments(shard, [Submission(message, command_id)])
    try:
        brief_redis().eval(SUBMIT_SCRIPT, len(keys), *keys, *arguments)
    except redis.RedisError as error:
        logger.info("request %s was not announced: %s", command_id, error)
