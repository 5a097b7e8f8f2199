"""What supervisors say of the processes they keep, and what operators ask of them, in Redis.

It holds no process itself. Whoever has no supervisor (a platform starts it) obeys by itself: see `heartbeat`.
"""

import secrets
from collections.abc import Sequence
from enum import StrEnum
from typing import cast

import msgspec
from redis import Redis

TOLD_MS = 10_000  # what a supervisor that is gone has said is forgotten after so long
ORDER_MS = 120_000
MAX_SUPERVISORS = 50
SUPERVISORS = "health:supervisors"


class Care(StrEnum):
    """How a supervisor has one of its processes."""

    RUNNING = "running"
    RECOVERING = "recovering"  # it was held back, and runs again; not for long yet
    RESTARTING = "restarting"
    HELD = "held"  # it ended too often: it is tried again, but rarely


class Kept(msgspec.Struct, frozen=True):
    """One process. `line` is that of the process table, or an embedded server's name; `lately`: how often it
    ended within the supervisor's window. Times are milliseconds, from or to when it was said."""

    name: str
    line: str
    care: Care
    restarts: int = 0
    lately: int = 0
    reason: str = ""
    ended_ago_ms: int | None = None
    again_in_ms: int | None = None


_decoder = msgspec.json.Decoder(list[Kept])


def _told_key(supervisor: str) -> str:
    return f"health:supervised:{supervisor}"


def _order_key(line: str) -> str:
    return f"health:restart:{line}"


def say_kept(redis: Redis, supervisor: str, kept: Sequence[Kept]) -> None:
    pipeline = redis.pipeline(transaction=False)
    pipeline.set(_told_key(supervisor), msgspec.json.encode(list(kept)), px=TOLD_MS)
    pipeline.sadd(SUPERVISORS, supervisor)
    pipeline.execute()


def say_nothing_is_kept(redis: Redis, supervisor: str) -> None:
    """An orderly end."""
    pipeline = redis.pipeline(transaction=False)
    pipeline.delete(_told_key(supervisor))
    pipeline.srem(SUPERVISORS, supervisor)
    pipeline.execute()


def kept_processes(redis: Redis) -> list[Kept]:
    """Of all supervisors that are heard, by their names."""
    names = sorted(cast(set[bytes], redis.smembers(SUPERVISORS)))[:MAX_SUPERVISORS]
    if not names:
        return []
    told = cast(Sequence[bytes | None], redis.mget([_told_key(name.decode()) for name in names]))
    gone = [name for name, data in zip(names, told, strict=True) if data is None]
    if gone:
        redis.srem(SUPERVISORS, *gone)
    return [one for data in told if data is not None for one in _decoder.decode(data)]


def order_restart(redis: Redis, line: str) -> None:
    """Every process of the line ends in order and starts again. What nobody takes is forgotten."""
    redis.set(_order_key(line), secrets.token_hex(8), px=ORDER_MS)


def restart_orders(redis: Redis, lines: Sequence[str]) -> dict[str, str]:
    """The latest order for each of these lines, by what it is told from others."""
    if not lines:
        return {}
    found = cast(Sequence[bytes | None], redis.mget([_order_key(line) for line in lines]))
    return {line: order.decode() for line, order in zip(lines, found, strict=True) if order is not None}
