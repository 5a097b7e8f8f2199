"""What can go wrong, in four kinds that a program acts on differently. `retrying` decides which one it is."""

from collections.abc import Mapping


class SdkError(Exception):
    """Whatever this package raises on purpose."""


class ApiError(SdkError):
    """The house refused: nothing of the request was carried out, but for PARTLY_DONE, whose `details` say
    what was.

    `code` is stable and what to decide by, `message` is for people. `field` names the input that was wrong,
    or is empty. `details` are further values of this code, such as the market's `tick_size`. `status` is
    HTTP's, and 0 over a socket. `retry_after` are the seconds to wait before another try, where the house
    said so.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        status: int = 0,
        field: str = "",
        request_id: str = "",
        details: Mapping[str, object] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.status = status
        self.field = field
        self.request_id = request_id
        self.details = dict(details or {})
        self.retry_after = retry_after


class OutcomeUnknown(SdkError):
    """It may have been carried out or not, and repeats did not tell. Never an `ApiError`, which means that it
    was not.

    `operation` is what was asked. `repeat_id` is the client order id or the Idempotency-Key that it went out
    under (empty where it had none): ask by it, or repeat the request under it. `error` is what the house said
    last, if it said anything.
    """

    def __init__(
        self, operation: str, reason: str, *, repeat_id: str = "", error: ApiError | None = None
    ) -> None:
        super().__init__(f"{operation}: {reason}")
        self.operation = operation
        self.reason = reason
        self.repeat_id = repeat_id
        self.error = error


class ConnectionFailed(SdkError):
    """The house was not reached, so nothing was carried out; or what was only looked at could not be read."""


class UnreadableAnswer(SdkError):
    """An answer that is not as the document says: another release of the house, or not the house at all."""
