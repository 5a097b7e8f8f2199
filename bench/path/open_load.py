"""Offers commands to the engine at a fixed rate and takes the time of each committed reply. One thread."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID, uuid4

import redis

from exchange.engine.commands import Command
from exchange.queue import reply_channel, stream_key
from exchange.wire import decode_replies, encode_envelope

_PATIENCE_S = 60.0
_TURN_S = 0.0005
_MOST_AT_ONCE = 500


def offer(client: redis.Redis, commands: Sequence[Command], rate: int) -> list[float]:
    """Seconds from when each command was due to its reply, in the order of the replies.

    Messages are made beforehand: the load shares the machine with what it measures.
    """
    process = uuid4().hex
    identities = [uuid4() for _ in commands]
    messages = deque(
        encode_envelope(command_id=identity, reply_to=process, command=command)
        for identity, command in zip(identities, commands, strict=True)
    )
    numbers = {identity: number for number, identity in enumerate(identities)}
    subscription = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    subscription.subscribe(reply_channel(process))
    subscription.get_message(timeout=1.0)
    started_at = time.perf_counter()
    latencies: list[float] = []
    sent, ends_at = 0, started_at + len(commands) / rate + _PATIENCE_S
    while len(latencies) < len(commands):
        now = time.perf_counter()
        assert now < ends_at, f"{len(commands) - len(latencies)} commands were not answered"
        due = min(int((now - started_at) * rate) + 1, len(commands), sent + _MOST_AT_ONCE)
        if due > sent:
            _send(client, [messages.popleft() for _ in range(due - sent)])
            sent = due
        for identity in _answered(subscription):
            latencies.append(time.perf_counter() - started_at - numbers[identity] / rate)
    subscription.close()
    return latencies


def _send(client: redis.Redis, messages: Sequence[bytes]) -> None:
    pipeline = client.pipeline(transaction=False)
    for message in messages:
        pipeline.xadd(stream_key(0), {b"c": message})
    pipeline.execute()


def _answered(subscription: Any) -> list[UUID]:
    if not subscription.connection.can_read(timeout=_TURN_S):
        return []
    message = subscription.get_message(timeout=5.0)
    return [reply.command_id for reply in decode_replies(cast(bytes, message["data"]))] if message else []
