"""Token buckets, nonces and the key epoch: one round trip to Redis admits a request.

When Redis is down reads go on with buckets and nonces of this process alone; whatever changes something is
refused, because a replay could not be told from a new request.
"""

import ipaddress
import logging
import time
from dataclasses import dataclass, field

from django.conf import settings
from redis.exceptions import RedisError

from access.errors import RateLimited, ServiceUnavailable
from access.key_errors import NonceReused
from access.meters import RATE_LIMITED
from access.rounds import LIMITED, NONCE_MS, REPLAYED, Question, Rounds

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0  # after a failure Redis is left alone so long, so that requests do not queue on time-outs
MAX_LOCAL_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whose tokens are taken, how many come back a second, and how many there can be."""

    name: str
    rate: int
    size: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """`epoch` is None when Redis could not be asked."""

    epoch: bytes | None
    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> list[tuple[str, str]]:
        return [
            ("x-ratelimit-limit", str(self.limit)),
            ("x-ratelimit-remaining", str(self.remaining)),
            ("x-ratelimit-reset", str(self.reset_seconds)),
        ]


def bucket_for(kind: str, name: int | str) -> Bucket:
    rate, size = settings.RATE_LIMITS[kind]
    return Bucket(f"{kind}:{name}", rate, size)


def block_of(ip: str) -> str:
    """Whom an address is counted as. Who has IPv6 has a /64 at least, and would be as many as he likes."""
    if ":" not in ip:
        return ip
    try:
        address = ipaddress.IPv6Address(ip.partition("%")[0])
    except ValueError:
        return ip
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def _admitted(bucket: Bucket, tokens: int, epoch: bytes | None) -> Admitted:
    missing = bucket.size * 1000 - tokens
    return Admitted(epoch, bucket.size, tokens // 1000, -(-missing // (bucket.rate * 1000)))


def _limited(bucket: Bucket, tokens: int, cost: int) -> RateLimited:
    RATE_LIMITED.labels(bucket.name.partition(":")[0]).inc()
    return RateLimited(retry_after=max(1, -(-(cost * 1000 - tokens) // (bucket.rate * 1000))))


@dataclass(slots=True)
class LocalLimits:
    """Buckets and nonces of this process. Bounded: when full, the oldest entries go first."""

    buckets: dict[str, tuple[int, int]] = field(default_factory=dict)
    nonces: dict[str, int] = field(default_factory=dict)

    def take(self, bucket: Bucket, cost: int, now_ms: int) -> Admitted:
        full = bucket.size * 1000
        tokens, at = self.buckets.pop(bucket.name, (full, now_ms))
        tokens = min(full, tokens + max(0, now_ms - at) * bucket.rate)
        enough = tokens >= cost * 1000
        tokens -= cost * 1000 if enough else 0
        self.buckets[bucket.name] = (tokens, now_ms)
        if len(self.buckets) > MAX_LOCAL_ENTRIES:
            del self.buckets[next(iter(self.buckets))]
        if not enough:
            raise _limited(bucket, tokens, cost)
        return _admitted(bucket, tokens, None)

    def refuse_used(self, nonce: str, now_ms: int) -> None:
        if self.nonces.get(nonce, 0) > now_ms:
            raise NonceReused

    def use_nonce(self, nonce: str, now_ms: int) -> None:
        self.refuse_used(nonce, now_ms)
        while self.nonces and self.nonces[oldest := next(iter(self.nonces))] <= now_ms:
            del self.nonces[oldest]
        if len(self.nonces) >= MAX_LOCAL_ENTRIES:
            raise ServiceUnavailable("redis")
        self.nonces[nonce] = now_ms + NONCE_MS


class Limits:
    """The shared limits in Redis, with the local ones to fall back on. One for each web process."""

    def __init__(self, url: str) -> None:
        self._rounds = Rounds(url)
        self._paused_until = 0.0
        self.local = LocalLimits()

    async def admit(self, bucket: Bucket, *, cost: int, nonce: str, is_safe: bool) -> Admitted:
        """Take `cost` tokens and use up `nonce` ("" for none). Refuses with RATE_LIMITED or NONCE_REUSED."""
        if time.monotonic() >= self._paused_until:
            try:
                question = Question(bucket.name, nonce, bucket.rate, bucket.size, cost)
                epoch, verdict, tokens = await self._rounds.ask(question)
            except RedisError as error:
                self._pause(error)
            else:
                if verdict == REPLAYED:
                    raise NonceReused
                if verdict == LIMITED:
                    raise _limited(bucket, tokens, cost)
                return _admitted(bucket, tokens, epoch)
        if not is_safe:
            raise ServiceUnavailable("redis")
        now_ms = time.time_ns() // 1_000_000
        if nonce:
            self.local.refuse_used(nonce, now_ms)
        admitted = self.local.take(bucket, cost, now_ms)
        if nonce:  # after the rate, or one key could fill the room that all keys share
            self.local.use_nonce(nonce, now_ms)
        return admitted

    def _pause(self, error: RedisError) -> None:
        """Said once a pause, not once for each request that waited."""
        if time.monotonic() >= self._paused_until:
            logger.warning("Redis does not answer, reads fall back on local limits: %s", error)
        self._paused_until = time.monotonic() + PAUSE_SECONDS

    async def close(self) -> None:
        await self._rounds.close()
