"""Whether a request that failed is sent again, and what is raised if not. Pure, but for the chance in a wait.

Sent again is what certainly was not carried out, and what may be repeated without a second effect. After a
try whose outcome nobody knows, only a refusal by a rule says that nothing happened: one at the door did not
look at the id.
"""

import random
from enum import Enum
from typing import Any

import httpx

from ballast_sdk.calls import Call, Repeat
from ballast_sdk.errors import ApiError, ConnectionFailed, OutcomeUnknown, SdkError
from ballast_sdk.options import Options

FIRST_WAIT_SECONDS = 0.2
# The house says of each that nothing was done.
PASSING = frozenset(
    {"RATE_LIMITED", "ENGINE_UNAVAILABLE", "QUEUE_UNAVAILABLE", "QUEUE_FULL", "SERVICE_UNAVAILABLE"}
)
_OPEN_BELOW_500 = frozenset({"IN_FLIGHT"})  # the first request of this Idempotency-Key is still on its way
_BY_A_RULE = frozenset({400, 404, 409, 422})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Verdict(Enum):
    REFUSED = "it was not carried out, and would be refused again"
    PASSING = "it was not carried out, and may be sent again"
    OPEN = "nobody knows"


def verdict(error: ApiError) -> Verdict:
    if error.code in PASSING or error.status == 429:
        return Verdict.PASSING
    if error.code in _OPEN_BELOW_500:
        return Verdict.OPEN
    is_open = error.status >= 500 and error.code != "PARTLY_DONE"
    return Verdict.OPEN if is_open else Verdict.REFUSED


class Tries:
    """The tries of one call. For each failure it gives the seconds until the next try, or raises."""

    def __init__(self, call: Call[Any], options: Options) -> None:
        self._call = call
        self._options = options
        self._left = options.retries
        self._made = 0
        self._is_open = False

    def refused(self, error: ApiError) -> float:
        """The house answered with a refusal."""
        match verdict(error):
            case Verdict.REFUSED:
                raise self._final(error, str(error), is_definite=error.status in _BY_A_RULE)
            case Verdict.OPEN:
                self._is_open = True
                may_repeat = self._call.repeat is not Repeat.NEVER
            case Verdict.PASSING:
                may_repeat = True
        wait = max(self._backoff(), error.retry_after or 0.0)
        if not may_repeat or self._left == 0 or wait > self._options.most_wait_seconds:
            raise self._final(error, str(error), is_definite=False)
        return self._again(wait)

    def broken(self, error: httpx.TransportError) -> float:
        """The connection failed, before the request was sent or after."""
        is_sent = not isinstance(error, _NOT_SENT)
        self._is_open = self._is_open or is_sent
        may_repeat = not is_sent or self._call.repeat is not Repeat.NEVER
        if not may_repeat or self._left == 0:
            raise self._final(None, str(error) or type(error).__name__, is_definite=False) from error
        return self._again(min(self._backoff(), self._options.most_wait_seconds))

    def _final(self, error: ApiError | None, reason: str, *, is_definite: bool) -> SdkError:
        if self._is_open and not is_definite and self._call.repeat is not Repeat.ALWAYS:
            return OutcomeUnknown(self._call.operation, reason, repeat_id=self._call.repeat_id, error=error)
        return error or ConnectionFailed(f"{self._call.operation}: {reason}")

    def _backoff(self) -> float:
        return FIRST_WAIT_SECONDS * float(2**self._made) * random.uniform(0.5, 1.5)  # noqa: S311

    def _again(self, wait: float) -> float:
        self._left -= 1
        self._made += 1
        return wait
