"""How long to leave the house alone after it refused, or could not be reached: ever longer, up to a bound."""

from ballast_sdk import ApiError, SdkError

FIRST_S, LONGEST_S = 0.25, 5.0


class Pause:
    def __init__(self) -> None:
        self._delay_s = 0.0
        self._until = float("-inf")

    def is_over(self, now: float) -> bool:
        return now >= self._until

    def begin(self, now: float, asked_s: float | None = None) -> None:
        """For as long as was asked for, if that is longer than our own."""
        self._delay_s = min(max(self._delay_s * 2, FIRST_S), LONGEST_S)
        self._until = now + max(self._delay_s, asked_s or 0.0)

    def succeeded(self) -> None:
        self._delay_s = 0.0


def asked_of_us(error: SdkError) -> float | None:
    """Seconds."""
    return error.retry_after if isinstance(error, ApiError) else None
