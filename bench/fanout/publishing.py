"""How a trade is published, ours to the hub's channel of a market, the peer's to a group."""

import json
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio
from django.utils.module_loading import import_string

from bench.core.alone import SYMBOL
from exchange.live_wire import MarketMessage, PublicTrade, encode_market
from exchange.queue import market_channel

GROUP = "trades"
FIRST = "BENCH_FIRST_SEQUENCE"  # in the environment: the shard's next command
Publish = Callable[[int], Awaitable[None]]


def to_hub(redis_url: str) -> Publish:
    client = redis.asyncio.Redis.from_url(redis_url)
    first = int(os.environ[FIRST])

    async def publish(number: int) -> None:
        now = time.time_ns()
        trade = PublicTrade(number + 1, 10_000_000, 1_000, 10**10, 0, now, 64)
        sequence = first + number
        message = MarketMessage(sequence, sequence, now, [], [], [trade])
        await client.publish(market_channel(SYMBOL), encode_market(message))

    return publish


def channel_layer(way: str, redis_url: str) -> dict[str, Any]:
    """As in Django's settings. The usual layer, or the lossy one over Redis' own publishing."""
    if way == "group-pubsub":
        return {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [redis_url]},
        }
    config = {"hosts": [redis_url], "capacity": 10_000}
    return {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": config}


def to_group(way: str, redis_url: str) -> Publish:
    """The text is made once here too, so that only the ways of delivery are compared."""
    chosen = channel_layer(way, redis_url)
    layer: Any = import_string(chosen["BACKEND"])(**chosen["CONFIG"])

    async def publish(number: int) -> None:
        trade = {
            "trade_id": str(number + 1),
            "price": "100000.00",
            "quantity": "0.01000",
            "taker_side": "BUY",
            "time_ms": time.time_ns() // 10**6,
        }
        text = json.dumps({"channel": "trades", "market": SYMBOL, "trades": [trade]})
        await layer.group_send(GROUP, {"type": "deliver", "text": text})

    return publish


_SUBSCRIBE = {"id": 1, "op": "subscribe", "channel": "trades", "market": SYMBOL}


def publisher(way: str, redis_url: str) -> tuple[str, bytes, Publish]:
    """The path that subscribers connect to, what they say first, and how a message is published."""
    if way == "hub":
        return "/ws/v1/", json.dumps(_SUBSCRIBE).encode(), to_hub(redis_url)
    return "/ws/", b"", to_group(way, redis_url)
