"""Whether every engine takes commands at this moment."""

import asyncio

from redis.exceptions import RedisError

from access.threads import in_thread
from exchange.queue import alive_key
from exchange.selectors import shards
from exchange.web_gateway import gateway

READ_TIMEOUT_S = 0.5


async def engines_take_commands() -> bool:
    """Of all shards that have markets. False too where nobody can say."""
    keys = [alive_key(shard) for shard in await in_thread(shards)]
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return bool(keys) and await gateway().client.exists(*keys) == len(keys)
    except (RedisError, TimeoutError):
        return False
