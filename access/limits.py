"""Token buckets, nonces and the key epoch: one round trip to Redis for each admitted request.

When Redis is down reads go on with buckets and nonces of this process alone; whatever changes something is
refused, because a replay could not be told from a new request.
"""

import logging
import secrets
import time
from dataclasses import dataclass, field

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from access.errors import NonceReused, RateLimited, ServiceUnavailable
from access.key_epoch import EPOCH_KEY
from access.signing import CLOCK_AHEAD_MS, MAX_RECV_WINDOW_MS

logger = logging.getLogger(__name__)


# The receive window is not signed, so whoever replays may widen it: a nonce is kept for the widest.
NONCE_MS = MAX_RECV_WINDOW_MS + CLOCK_AHEAD_MS + 1_000
REDIS_TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 1.0  # after a failure Redis is left alone so long, so that requests do not queue on time-outs
MAX_LOCAL_ENTRIES = 50_000

# Milli-tokens, so that all is integers: a rate of r tokens a second is r milli-tokens a millisecond.
# A replayed nonce takes no token, or a replayer could empty the owner's bucket; a limited request does not
# use up its nonce. An emptied Redis begins a new epoch, so that nothing cached before it is believed.
_SCRIPT = """
local epoch = redis.call('GET', KEYS[3])
if not epoch then
  epoch = ARGV[5]
  redis.call('SET', KEYS[3], epoch)
end
if KEYS[2] ~= '' and redis.call('EXISTS', KEYS[2]) == 1 then return {epoch, 1, 0} end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local rate, full, cost = tonumber(ARGV[1]), ARGV[2] * 1000, ARGV[3] * 1000
local tokens, at = full, now
local state = redis.call('GET', KEYS[1])
if state then
  local colon = string.find(state, ':', 1, true)
  tokens, at = tonumber(string.sub(state, 1, colon - 1)), tonumber(string.sub(state, colon + 1))
  tokens = math.min(full, tokens + math.max(0, now - at) * rate)
end
if tokens < cost then return {epoch, 2, tokens} end
tokens = tokens - cost
redis.call('SET', KEYS[1], string.format('%.0f:%.0f', tokens, now), 'PX', math.ceil(full / rate) + 1000)
if KEYS[2] ~= '' then redis.call('SET', KEYS[2], '', 'PX', ARGV[4]) end
return {epoch, 0, tokens}
"""


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


def _admitted(bucket: Bucket, tokens: int, epoch: bytes | None) -> Admitted:
    missing = bucket.size * 1000 - tokens
    return Admitted(epoch, bucket.size, tokens // 1000, -(-missing // (bucket.rate * 1000)))


def _limited(bucket: Bucket, tokens: int, cost: int) -> RateLimited:
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

    def use_nonce(self, nonce: str, now_ms: int) -> None:
        if self.nonces.get(nonce, 0) > now_ms:
            raise NonceReused
        while self.nonces and self.nonces[oldest := next(iter(self.nonces))] <= now_ms:
            del self.nonces[oldest]
        if len(self.nonces) >= MAX_LOCAL_ENTRIES:
            raise ServiceUnavailable("redis")
        self.nonces[nonce] = now_ms + NONCE_MS


class Limits:
    """The shared limits in Redis, with the local ones to fall back on. One for each web process."""

    def __init__(self, url: str) -> None:
        retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
        self._redis = Redis.from_url(
            url,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            retry=retry,
        )
        self._sha = ""
        self._paused_until = 0.0
        self.local = LocalLimits()

    async def admit(self, bucket: Bucket, *, cost: int, nonce: str, is_safe: bool) -> Admitted:
        """Take `cost` tokens and use up `nonce` ("" for none). Refuses with RATE_LIMITED or NONCE_REUSED."""
        if time.monotonic() >= self._paused_until:
            try:
                epoch, refusal, tokens = await self._ask(bucket, cost, nonce)
            except (RedisError, OSError) as error:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                logger.warning("Redis does not answer, reads fall back on local limits: %s", error)
            else:
                if refusal == 1:
                    raise NonceReused
                if refusal == 2:
                    raise _limited(bucket, tokens, cost)
                return _admitted(bucket, tokens, epoch)
        if not is_safe:
            raise ServiceUnavailable("redis")
        now_ms = time.time_ns() // 1_000_000
        if nonce:
            self.local.use_nonce(nonce, now_ms)
        return self.local.take(bucket, cost, now_ms)

    async def _ask(self, bucket: Bucket, cost: int, nonce: str) -> tuple[bytes, int, int]:
        nonce_key = f"access:nonce:{nonce}" if nonce else ""
        keys_and_values = (
            f"access:bucket:{bucket.name}",
            nonce_key,
            EPOCH_KEY,
            bucket.rate,
            bucket.size,
            cost,
            NONCE_MS,
            secrets.token_hex(8),
        )
        try:
            answer = await self._redis.evalsha(self._sha, 3, *keys_and_values)
        except NoScriptError:
            self._sha = await self._redis.script_load(_SCRIPT)
            answer = await self._redis.evalsha(self._sha, 3, *keys_and_values)
        epoch, refusal, tokens = answer
        return epoch, refusal, tokens

    async def close(self) -> None:
        await self._redis.aclose()
