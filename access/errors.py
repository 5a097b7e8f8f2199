"""The vocabulary of refusals: one base class, a stable code for each, translated into answers in one place."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal that a caller can act on.

    `code` is stable and documented, `status` the HTTP status, `field` the input that was wrong (or "").
    `details` are further named values for the caller. Never raised for a bug: bugs are assertions.
    """

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 422

    def __init__(self, message: str, *, field: str = "", **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details
