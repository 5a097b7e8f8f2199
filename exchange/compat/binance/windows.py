"""Binance's fixed windows in Redis: one shared round trip counts a request in them and brings the key epoch.

An address has its weight of a minute, and a ban where it went on; an account its orders of 10 s and of a day.
A signed text is remembered with what it was used for, as long as it is good.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings

from access.shared_rounds import SharedRounds

MINUTE_MS = 60_000
TEN_SECONDS_MS = 10_000
DAY_MS = 86_400_000

# Who is refused so often in one minute and still goes on is banned: for two minutes, twice as long each time.
GRACE = 10
FIRST_BAN_MS = 2 * MINUTE_MS
LONGEST_BAN_MS = 3 * DAY_MS
BAN_KEPT_MS = 3 * DAY_MS  # after its end, so that the next one is longer

COUNTED, TOO_HEAVY, BANNED, TOO_MANY_IN_10S, TOO_MANY_IN_1D, USED_OTHERWISE = range(6)

# A window's number stands beside its counts: they are nothing in another window. A request that is refused
# takes no weight, so whoever waits as long as he is told is served; one of too many orders has been looked
# at and takes its weight, but no order. A repeat of a signed text takes no order either, or whoever saw one
# could use up its owner's; what was refused is not remembered, or its repeat would be free.
_SCRIPT = """
local most, most_10s, most_1d = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local grace, first_ban, longest_ban, kept = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local minute, ten, day = math.floor(now / 60000), math.floor(now / 10000), math.floor(now / 86400000)

local function read(key, pattern)
  return string.match(redis.call('GET', key) or '', pattern)
end

local function ban(key, offences)
  local length = math.min(longest_ban, first_ban * 2 ^ math.min(offences, 30))
  local text = string.format('%.0f:%d', now + length, offences + 1)
  redis.call('SET', key, text, 'PX', string.format('%.0f', length + kept))
  return now + length
end

local function count(address, banned, account, text, weight, orders, purpose, good_ms)
  local at, used, over = read(address, '^(%d+):(%d+):(%d+)$')
  if tonumber(at) ~= minute then used, over = 0, 0 end
  used, over = tonumber(used), tonumber(over)
  local in_10s, in_1d = 0, 0
  if account ~= '' then
    local at_10s, n_10s, at_1d, n_1d = read(account, '^(%d+):(%d+):(%d+):(%d+)$')
    if tonumber(at_10s) == ten then in_10s = tonumber(n_10s) end
    if tonumber(at_1d) == day then in_1d = tonumber(n_1d) end
  end

  local till, offences = read(banned, '^(%d+):(%d+)$')
  if till and now < tonumber(till) then return 2, used, in_10s, in_1d, tonumber(till) end
  if used + weight > most then
    over = over + 1
    redis.call('SET', address, string.format('%d:%d:%d', minute, used, over), 'PX', 60000)
    if over <= grace then return 1, used, in_10s, in_1d, 0 end
    return 2, used, in_10s, in_1d, ban(banned, tonumber(offences or 0))
  end
  used = used + weight
  if weight > 0 then
    redis.call('SET', address, string.format('%d:%d:%d', minute, used, over), 'PX', 60000)
  end
  local known = text ~= '' and redis.call('GET', text)
  if known and purpose ~= '' and known ~= purpose then return 5, used, in_10s, in_1d, 0 end
  if orders > 0 and not known then
    if in_10s + orders > most_10s then return 3, used, in_10s, in_1d, 0 end
    if in_1d + orders > most_1d then return 4, used, in_10s, in_1d, 0 end
    in_10s, in_1d = in_10s + orders, in_1d + orders
    redis.call('SET', account, string.format('%d:%d:%d:%d', ten, in_10s, day, in_1d), 'PX', 86400000)
  end
  if text ~= '' and not known then redis.call('SET', text, purpose, 'PX', good_ms) end
  return 0, used, in_10s, in_1d, 0
end

local answers = {epoch, now}
for i = 1, (#KEYS - 1) / 4 do
  local key, value = 4 * i - 2, 4 * i + 5
  for _, value in ipairs({count(KEYS[key], KEYS[key + 1], KEYS[key + 2], KEYS[key + 3],
      tonumber(ARGV[value]), tonumber(ARGV[value + 1]), ARGV[value + 2], ARGV[value + 3])}) do
    answers[#answers + 1] = value
  end
end
return answers
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was signed. `purpose` is the only thing that `text` is good for if it was used before; "": it only
    reads, and is good beside whatever else it is used for. `good_ms`: for how long it is good at all."""

    text: str
    purpose: str
    good_ms: int


NO_PROOF = Proof("", "", 0)


@dataclass(frozen=True, slots=True)
class Question:
    """`address` is a block of addresses; `account` 0 is nobody's."""

    address: str
    account: int
    weight: int
    orders: int
    proof: Proof = NO_PROOF


class Verdict(NamedTuple):
    """What is used up in the windows of `now_ms`, this request included where it was counted."""

    epoch: bytes
    now_ms: int
    verdict: int
    weight: int
    orders_10s: int
    orders_1d: int
    banned_until_ms: int


class Windows(SharedRounds[Question, Verdict]):
    def __init__(self, url: str) -> None:
        super().__init__(url, _SCRIPT)

    async def _trip(self, questions: list[Question]) -> list[Verdict]:
        most = settings.BINANCE_LIMITS
        keys: list[str] = []
        values: list[str | int] = [most["weight"], most["orders_10s"], most["orders_1d"]]
        values += [GRACE, FIRST_BAN_MS, LONGEST_BAN_MS, BAN_KEPT_MS]
        for question in questions:
            keys += (f"binance:weight:{question.address}", f"binance:ban:{question.address}")
            keys.append(f"binance:orders:{question.account}" if question.account else "")
            proof = question.proof
            keys.append(f"binance:signed:{proof.text}" if proof.text else "")
            values += (question.weight, question.orders, proof.purpose, proof.good_ms)
        epoch, now_ms, *found = await self._call(keys, values)
        return [Verdict(epoch, now_ms, *found[at : at + 5]) for at in range(0, len(found), 5)]
