"""Refusals of the second factor."""

from access.errors import DomainError, RateLimited


class SecondFactorRequired(DomainError):
    code = "SECOND_FACTOR_REQUIRED"
    status = 403
    default_message = "Set up a second factor first."


class InvalidCode(DomainError):
    code = "INVALID_CODE"
    status = 403
    default_message = "The code is wrong, or too old."


class CodeReused(DomainError):
    code = "CODE_REUSED"
    status = 403
    default_message = "This code was used. Wait for the next one."


class SecondFactorLocked(RateLimited):
    """`retry_after` in whole seconds. Not kept under an idempotency key, for it passes."""

    code = "SECOND_FACTOR_LOCKED"
    default_message = "Too many wrong codes in a row."


class NoEnrolment(DomainError):
    code = "NO_ENROLMENT"
    status = 409
    default_message = "Nothing is being set up, or it took too long. Begin again."


class OwnSecondFactor(DomainError):
    """An operator who has got in with a password alone would need nobody's code."""

    code = "OWN_SECOND_FACTOR"
    status = 409
    default_message = "Nobody removes his own second factor without a code: another operator has to."


class SecondFactorUnreadable(DomainError):
    """It was encrypted under another key of the settings."""

    code = "SECOND_FACTOR_UNREADABLE"
    status = 409
    default_message = "Your second factor cannot be read any more; ask an operator to remove it."
