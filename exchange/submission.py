"""How commands enter a shard's queue: those of one call in one step, all of them or none."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from exchange.queue import MAX_QUEUE_LENGTH, PENDING_MS, alive_key, pending_key, stream_key

ACCEPTED = 1
NO_ENGINE = 0
QUEUE_FULL = -1

# Keys: stream, alive, then the pending sets. Arguments: longest queue, life of a mark, then of each command
# its message, its id, which of the pending sets marks it (0: none), and the number of the request.
SUBMIT_SCRIPT = f"""
if redis.call('EXISTS', KEYS[2]) == 0 then return {NO_ENGINE} end
if redis.call('XLEN', KEYS[1]) + (#ARGV - 2) / 4 > tonumber(ARGV[1]) then return {QUEUE_FULL} end
for at = 3, #ARGV, 4 do
  redis.call('XADD', KEYS[1], '*', 'c', ARGV[at], 'r', ARGV[at + 3])
  local mark = tonumber(ARGV[at + 2])
  if mark > 0 then
    redis.call('SADD', KEYS[2 + mark], ARGV[at + 1])
    redis.call('PEXPIRE', KEYS[2 + mark], ARGV[2])
  end
end
return {ACCEPTED}
"""


class Submission(NamedTuple):
    """One encoded command; with a client order id the placement is marked as pending."""

    message: bytes
    command_id: UUID
    account: int = 0
    client_order_id: str = ""
    request_id: str = ""


def submission_arguments(
    shard: int, submissions: Sequence[Submission]
) -> tuple[list[str], list[str | bytes | int]]:
    """Keys and arguments of `SUBMIT_SCRIPT`."""
    keys = [stream_key(shard), alive_key(shard)]
    arguments: list[str | bytes | int] = [MAX_QUEUE_LENGTH, PENDING_MS]
    for message, command_id, account, client_order_id, request_id in submissions:
        mark = 0
        if client_order_id:
            keys.append(pending_key(shard, account, client_order_id))
            mark = len(keys) - 2
        arguments += [message, command_id.hex, mark, request_id]
    return keys, arguments
