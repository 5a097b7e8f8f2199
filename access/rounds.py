"""What admits a request in a shared round trip to Redis: its tokens, its nonce, the epoch of the keys."""

from dataclasses import dataclass

from access.shared_rounds import SharedRounds
from access.signing import CLOCK_AHEAD_MS, MAX_RECV_WINDOW_MS

# The receive window is not signed, so whoever replays may widen it: a nonce is kept for the widest.
NONCE_MS = MAX_RECV_WINDOW_MS + CLOCK_AHEAD_MS + 1_000

ADMITTED, REPLAYED, LIMITED = 0, 1, 2

# Milli-tokens, so that all is integers: a rate of r tokens a second is r milli-tokens a millisecond. A
# replayed nonce takes no token, or a replayer could empty the owner's bucket; a limited request does not
# use up its nonce. A nonce is kept with who used it (round and place): a round whose answer was lost is
# asked again with the same arguments and must not meet its own nonces.
_SCRIPT = """
local answers = {epoch}

local function admit(bucket, nonce, rate, full, cost, user)
  if nonce ~= '' and (redis.call('GET', nonce) or user) ~= user then return 1, 0 end
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
  if nonce ~= '' then redis.call('SET', nonce, user, 'PX', ARGV[2]) end
  return 0, tokens
end

for i = 1, (#KEYS - 1) / 2 do
  local at = 3 * i
  local verdict, tokens = admit(KEYS[2 * i], KEYS[2 * i + 1], tonumber(ARGV[at]), ARGV[at + 1] * 1000,
    ARGV[at + 2] * 1000, mine .. i)
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


# The epoch, ADMITTED, REPLAYED or LIMITED, and the milli-tokens that are left.
Verdict = tuple[bytes, int, int]


class Rounds(SharedRounds[Question, Verdict]):
    def __init__(self, url: str) -> None:
        super().__init__(url, _SCRIPT)

    async def _trip(self, questions: list[Question]) -> list[Verdict]:
        keys: list[str] = []
        values: list[str | int] = [NONCE_MS]
        for question in questions:
            keys.append(f"access:bucket:{question.bucket}")
            keys.append(f"access:nonce:{question.nonce}" if question.nonce else "")
            values += (question.rate, question.size, question.cost)
        epoch, *verdicts = await self._call(keys, values)
        return [(epoch, *pair) for pair in zip(verdicts[::2], verdicts[1::2], strict=True)]
