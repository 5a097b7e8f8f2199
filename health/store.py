"""What the processes say of themselves, in Redis. What is said of them, and asked, is in `supervised`.

Ages are told by how much of a key's life is left, so that no two machines' clocks are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import msgspec
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from health.rules import REMEMBERED_MS, Liveness, liveness

TIMEOUT_S = 0.5
METRICS_MS = 30_000
PULSE_MS = 3_600_000
MAX_PROCESSES = 500
MEMBERS = "health:processes"
PULSE = "health:pulse"


class Beat(msgspec.Struct, frozen=True):
    """What a process says with each beat. Times are how long ago, in milliseconds, when it said so."""

    process: str
    instance: str
    up_ms: int
    worked_ago_ms: int
    silent_after_ms: int
    restarts: int
    error: str = ""
    error_ago_ms: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A process as it is known now."""

    beat: Beat
    beat_age_ms: int

    @property
    def worked_age_ms(self) -> int:
        return self.beat.worked_ago_ms + self.beat_age_ms

    @property
    def liveness(self) -> Liveness:
        return liveness(
            beat_age_ms=self.beat_age_ms,
            worked_age_ms=self.worked_age_ms,
            silent_after_ms=self.beat.silent_after_ms,
        )


_decoder = msgspec.json.Decoder(Beat)


def open_redis(timeout_s: float = TIMEOUT_S, *, url: str = "") -> Redis:
    """A client that gives up soon and never tries twice. Without a `url`: of the house's own Redis."""
    return Redis.from_url(
        url or settings.REDIS_URL,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
    )


def _beat_key(name: str) -> str:
    return f"health:heartbeat:{name}"


def _metrics_key(name: str) -> str:
    return f"health:metrics:{name}"


def name_of(process: str, instance: str) -> str:
    return f"{process}:{instance}"


def count_start(redis: Redis, process: str) -> int:
    """How often the process has been started before, as long as Redis remembers."""
    return redis.incr(f"health:starts:{process}") - 1


def say_beat(redis: Redis, beat: Beat) -> None:
    name = name_of(beat.process, beat.instance)
    pipeline = redis.pipeline(transaction=False)
    pipeline.set(_beat_key(name), msgspec.json.encode(beat), px=REMEMBERED_MS)
    pipeline.sadd(MEMBERS, name)
    pipeline.execute()


def say_goodbye(redis: Redis, process: str, instance: str) -> None:
    """An orderly end: nobody misses it."""
    name = name_of(process, instance)
    pipeline = redis.pipeline(transaction=False)
    pipeline.delete(_beat_key(name), _metrics_key(name))
    pipeline.srem(MEMBERS, name)
    pipeline.execute()


def say_metrics(redis: Redis, process: str, instance: str, text: bytes) -> None:
    redis.set(_metrics_key(name_of(process, instance)), text, px=METRICS_MS)


def _members(redis: Redis) -> list[str]:
    found = cast(set[bytes], redis.smembers(MEMBERS))
    return sorted(name.decode() for name in found)[:MAX_PROCESSES]


def seen_processes(redis: Redis) -> list[Seen]:
    """Those that beat, and those that did within REMEMBERED_MS; by process and instance."""
    names = _members(redis)
    pipeline = redis.pipeline(transaction=False)
    for name in names:
        pipeline.get(_beat_key(name))
        pipeline.pttl(_beat_key(name))
    answers = pipeline.execute() if names else []
    seen, forgotten = [], []
    for name, data, left_ms in zip(names, answers[::2], answers[1::2], strict=True):
        if data is None or left_ms < 0:
            forgotten.append(name)
        else:
            seen.append(Seen(_decoder.decode(data), max(REMEMBERED_MS - left_ms, 0)))
    if forgotten:
        redis.srem(MEMBERS, *forgotten)
    return seen


def published_metrics(redis: Redis) -> list[tuple[str, str, str]]:
    """(process, instance, exposition text) of every process that publishes its metrics."""
    names = _members(redis)
    if not names:
        return []
    texts = cast(Sequence[bytes | None], redis.mget([_metrics_key(name) for name in names]))
    return [
        (*_parts(name), text.decode()) for name, text in zip(names, texts, strict=True) if text is not None
    ]


def _parts(name: str) -> tuple[str, str]:
    process, _, instance = name.partition(":")
    return process, instance


def say_pulse(redis: Redis) -> None:
    """Said by a task, so that it tells of beat, broker and worker together."""
    redis.set(PULSE, b"1", px=PULSE_MS)


def pulse_age_ms(redis: Redis) -> int | None:
    """How long ago the last task ran; None where that is longer than remembered."""
    left_ms = redis.pttl(PULSE)
    return None if left_ms < 0 else max(PULSE_MS - left_ms, 0)
