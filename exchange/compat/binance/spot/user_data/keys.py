"""Listen keys in Redis: names under which one account is listened to, for an hour from their last extension.

An account has one at a time. It stands on the API key that asked for it and dies with that.
"""

import secrets
import string

import msgspec
import redis.asyncio
from django.conf import settings
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from access.http import Caller
from access.selectors import find_live_key_ids
from access.threads import in_thread
from exchange.compat.binance import refusals
from exchange.compat.binance.refusals import Refusal

VALID_MS = 60 * 60 * 1_000
LENGTH = 64
TIMEOUT_SECONDS = 0.5
MAX_CONNECTIONS = 16  # to Redis, of this process for this: who asks for a thousand keys at once waits

_LETTERS = string.ascii_letters + string.digits
_KEY, _OF_ACCOUNT = "binance:listen_key:", "binance:listen_key_of:"
# The account's key, with its life extended, or this one where it has none.
_TAKE = """
local key = redis.call('GET', KEYS[1])
if key and redis.call('PEXPIRE', ARGV[4] .. key, ARGV[3]) == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return key
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
redis.call('SET', ARGV[4] .. ARGV[1], ARGV[2], 'PX', ARGV[3])
return ARGV[1]
"""


class Bearer(msgspec.Struct, frozen=True):
    """Whose account it is, and the API key that it stands on."""

    user_id: int
    key_id: int


_decoder = msgspec.json.Decoder(Bearer)
_clients: list[redis.asyncio.Redis] = []


def _client() -> redis.asyncio.Redis:
    if not _clients:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            settings.REDIS_URL,
            max_connections=min(MAX_CONNECTIONS, settings.POOL_CONNECTIONS),
            timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        _clients.append(redis.asyncio.Redis.from_pool(pool))
    return _clients[0]


async def close_listen_keys() -> None:
    while _clients:
        await _clients.pop().aclose()


def does_not_exist() -> Refusal:
    return Refusal(-1125, "This listenKey does not exist.")


def is_listen_key(text: str) -> bool:
    return len(text) == LENGTH and text.isascii() and text.isalnum()


async def take_key(caller: Caller) -> str:
    """The account's own, extended, or a new one. Raises Refusal."""
    known = await _get(_OF_ACCOUNT + str(caller.user_id))
    if known is not None:
        await _forget_dead(known.decode())
    new = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    bearer = msgspec.json.encode(Bearer(caller.user_id, caller.key_id))
    try:
        found = await _client().eval(
            _TAKE, 1, _OF_ACCOUNT + str(caller.user_id), new, bearer.decode(), str(VALID_MS), _KEY
        )
    except RedisError as error:
        raise refusals.unavailable() from error
    return str(found.decode())


async def extend_key(caller: Caller, key: str) -> None:
    """For another hour. Raises Refusal."""
    await _owned(caller, key)
    try:
        for name in (_KEY + key, _OF_ACCOUNT + str(caller.user_id)):
            await _client().pexpire(name, VALID_MS)
    except RedisError as error:
        raise refusals.unavailable() from error


async def end_key(caller: Caller, key: str) -> None:
    """Raises Refusal."""
    await _owned(caller, key)
    await _delete(key, caller.user_id)


async def bearer_of(key: str) -> Bearer:
    """Raises Refusal where it is none, has expired, or stands on an API key that may not be used any more."""
    found = await _get(_KEY + key) if is_listen_key(key) else None
    if found is None:
        raise does_not_exist()
    bearer = _decoder.decode(found)
    if not await in_thread(find_live_key_ids, {bearer.key_id}):
        await _delete(key, bearer.user_id)
        raise does_not_exist()
    return bearer


async def remaining_ms(key: str) -> int | None:
    """None: it is not valid any more. Raises RedisError."""
    left = int(await _client().pttl(_KEY + key))
    return left if left > 0 else None


async def _owned(caller: Caller, key: str) -> None:
    bearer = await bearer_of(key)
    if bearer.user_id != caller.user_id:
        raise does_not_exist()


async def _forget_dead(key: str) -> None:
    try:
        await bearer_of(key)
    except Refusal as refusal:
        if refusal.number != does_not_exist().number:
            raise


async def _get(name: str) -> bytes | None:
    try:
        found = await _client().get(name)
    except RedisError as error:
        raise refusals.unavailable() from error
    return found if isinstance(found, bytes) else None


async def _delete(key: str, account: int) -> None:
    try:
        await _client().delete(_KEY + key, _OF_ACCOUNT + str(account))
    except RedisError as error:
        raise refusals.unavailable() from error
