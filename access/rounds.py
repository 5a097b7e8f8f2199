"""Round trips to Redis that admit requests: all requests that wait while one is under way share the next.

A request costs the web process a few microseconds so, where a round trip of its own costs some two hundred.
"""

import asyncio
import secrets
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError

from access.key_epoch import EPOCH_KEY
from access.signing import CLOCK_AHEAD_MS, MAX_RECV_WINDOW_MS

# The receive window is not signed, so whoever replays may widen it: a nonce is kept for the widest.
NONCE_MS = MAX_RECV_WINDOW_MS + CLOCK_AHEAD_MS + 1_000
TIMEOUT_SECONDS = 0.5
MAX_TOGETHER = 128
MAX_WAITING = 10_000

ADMITTED, REPLAYED, LIMITED = 0, 1, 2

# Milli-tokens, so that all is integers: a rate of r tokens a second is r milli-tokens a millisecond. A
# replayed nonce takes no token, or a replayer could empty the owner's bucket; a limited request does not
# use up its nonce. A nonce is kept with who used it (round and place): a round whose answer was lost is
# asked again with the same arguments and must not meet its own nonces. An emptied Redis begins a new epoch,
# so that nothing cached before it is believed.
_SCRIPT = """
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[2]
  redis.call('SET', KEYS[1], epoch)
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answers = {epoch}

local function admit(bucket, nonce, rate, full, cost, mine)
  if nonce ~= '' and (redis.call('GET', nonce) or mine) ~= mine then return 1, 0 end
  local tokens = full
  local state = redis.call('GET', bucket)
  if state then
    local colon = string.find(state, ':', 1, true)
    local at = tonumber(string.sub(state, colon + 1))
    tokens = math.min(full, tonumber(string.sub(state, 1, colon - 1)) + math.max(0, now - at) * rate)
  end
  if tokens < cost then return 2, tokens end
  tokens = tokens - cost
  redis.call('SET', bucket, string.format('%.0f:%.0f', tokens, now), 'PX', math.ceil(full / rate) + 1000)
  if nonce ~= '' then redis.call('SET', nonce, mine, 'PX', ARGV[1]) end
  return 0, tokens
end

for i = 1, (#KEYS - 1) / 2 do
  local at = 3 * i
  local verdict, tokens = admit(KEYS[2 * i], KEYS[2 * i + 1], tonumber(ARGV[at]), ARGV[at + 1] * 1000,
    ARGV[at + 2] * 1000, ARGV[2] .. i)
  answers[2 * i], answers[2 * i + 1] = verdict, tokens
end
return answers
"""


@dataclass(frozen=True, slots=True)
class Question:
    """May `cost` tokens be taken, and is `nonce` ("" for none) new?"""

    bucket: str
    nonce: str
    rate: int
    size: int
    cost: int


Verdict = tuple[bytes, int, int]
Waiting = tuple[Question, "asyncio.Future[Verdict]"]


class Rounds:
    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        self._sha = ""
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Verdict:
        """The epoch, ADMITTED, REPLAYED or LIMITED, and the milli-tokens that are left."""
        if len(self._waiting) >= MAX_WAITING:
            raise RedisError("too many requests wait for Redis")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Verdict] = loop.create_future()
        self._waiting.append((question, answer))
        if self._task is None:
            self._task = loop.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
                try:
                    epoch, values = await self._trip([question for question, _ in together])
                except Exception as error:  # noqa: BLE001 (whatever it is, nobody may wait for ever)
                    self._fail(together, error)
                    continue
                for number, (_, answer) in enumerate(together):
                    if not answer.done():
                        answer.set_result((epoch, values[2 * number], values[2 * number + 1]))
        finally:
            self._task = None

    def _fail(self, together: list[Waiting], error: Exception) -> None:
        """All that wait fail with it: behind a Redis that hangs each round would wait its own time out."""
        together, self._waiting = together + self._waiting, []
        for _, answer in together:
            if not answer.done():
                answer.set_exception(RedisError(str(error)))

    async def _trip(self, questions: list[Question]) -> tuple[bytes, list[int]]:
        keys: list[str] = [EPOCH_KEY]
        values: list[str | int] = [NONCE_MS, secrets.token_hex(8)]
        for question in questions:
            keys.append(f"access:bucket:{question.bucket}")
            keys.append(f"access:nonce:{question.nonce}" if question.nonce else "")
            values += (question.rate, question.size, question.cost)
        try:
            epoch, *verdicts = await self._redis.evalsha(self._sha, len(keys), *keys, *values)
        except NoScriptError:
            self._sha = await self._redis.script_load(_SCRIPT)
            epoch, *verdicts = await self._redis.evalsha(self._sha, len(keys), *keys, *values)
        return epoch, verdicts

    async def close(self) -> None:
        await self._redis.aclose()
