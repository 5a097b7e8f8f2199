"""What became of one attempt to send something."""

from dataclasses import dataclass

MAX_ERROR = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` "" is success; otherwise it says what was wrong, never what the other side wrote.

    `is_permanent`: no repeat can help. `is_gone`: the receiver wants nothing more.
    """

    error: str = ""
    is_permanent: bool = False
    is_gone: bool = False


DELIVERED = Outcome()


def failed(error: str, *, is_permanent: bool = False, is_gone: bool = False) -> Outcome:
    return Outcome(error[:MAX_ERROR], is_permanent, is_gone)
