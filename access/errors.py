"""The vocabulary of refusals: one base class, a stable code for each, answered in one place."""

from typing import ClassVar

import msgspec


class DomainError(Exception):
    """A refusal that a caller can act on.

    `code` is stable and documented, `status` the HTTP status, `field` the input that was wrong (or "").
    `details` are further named values for the caller. Never raised for a bug: bugs are assertions.
    """

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 422
    default_message: ClassVar[str] = "The request was refused."

    def __init__(self, message: str = "", *, field: str = "", **details: object) -> None:
        self.message = message or self.default_message
        super().__init__(self.message)
        self.field = field
        self.details = details

    def headers(self) -> list[tuple[str, str]]:
        """Further headers of the answer."""
        return []


def error_body(error: DomainError, request_id: str) -> bytes:
    """The one envelope of every refusal. Details stand beside the fixed members, never in place of one."""
    members = {
        **error.details,
        "code": error.code,
        "message": error.message,
        "field": error.field,
        "request_id": request_id,
    }
    return msgspec.json.encode({"error": members})


class Malformed(DomainError):
    """What cannot be understood at all."""

    code = "MALFORMED"
    status = 400


class InvalidJson(Malformed):
    code = "INVALID_JSON"
    default_message = "The body must be one JSON object in UTF-8."


class InvalidQuery(Malformed):
    code = "INVALID_QUERY"
    default_message = "The query string is malformed."


class UnknownField(Malformed):
    code = "UNKNOWN_FIELD"
    default_message = "This request has no such field."


class MissingField(Malformed):
    code = "MISSING_FIELD"
    default_message = "This field is required."


class DuplicateParam(Malformed):
    code = "DUPLICATE_PARAM"
    default_message = "A parameter may be given only once."


class InvalidType(Malformed):
    code = "INVALID_TYPE"
    default_message = "The value has the wrong JSON type."


class InvalidNumber(Malformed):
    code = "INVALID_NUMBER"
    default_message = "The value is not a plain decimal number."


class Precision(Malformed):
    code = "PRECISION"
    default_message = "The number has too many decimals."


class OutOfRange(Malformed):
    code = "OUT_OF_RANGE"
    default_message = "The number is out of range."


class InvalidChoice(Malformed):
    code = "INVALID_CHOICE"
    default_message = "The value is not one of the choices."


class InvalidText(Malformed):
    code = "INVALID_TEXT"
    default_message = "The text is too long or has characters that are not allowed."


class InvalidSymbol(Malformed):
    code = "INVALID_SYMBOL"
    default_message = "A market's symbol looks like BTC-USDB."


class InvalidAsset(Malformed):
    code = "INVALID_ASSET"
    default_message = "An asset's code has two to ten capitals or digits."


class InvalidClientOrderId(Malformed):
    code = "INVALID_CLIENT_ORDER_ID"
    default_message = "A client order id has 1 to 36 letters, digits, hyphens or underscores."


class InvalidTime(Malformed):
    code = "INVALID_TIME"
    default_message = "A time is milliseconds since 1970 in UTC."


class InvalidCursor(Malformed):
    code = "INVALID_CURSOR"
    default_message = "The cursor is none that this list gave out."


class InvalidHost(Malformed):
    code = "INVALID_HOST"
    default_message = "This host name is not served here."


class IdempotencyKeyRequired(Malformed):
    code = "IDEMPOTENCY_KEY_REQUIRED"
    default_message = "Send an Idempotency-Key header of 1 to 64 letters, digits, hyphens or underscores."


class NotFound(DomainError):
    """Not there, or not yours: the answer is the same."""

    code = "NOT_FOUND"
    status = 404
    default_message = "There is nothing here."


class NotPermitted(DomainError):
    """Details: `permission`."""

    code = "NOT_PERMITTED"
    status = 403
    default_message = "Your role does not allow that."


class OwnRole(DomainError):
    code = "OWN_ROLE"
    status = 409
    default_message = "Nobody sets his own role."


class MethodNotAllowed(DomainError):
    code = "METHOD_NOT_ALLOWED"
    status = 405
    default_message = "This method is not allowed here."

    def headers(self) -> list[tuple[str, str]]:
        allowed = self.details.get("allowed")
        return [("allow", ", ".join(allowed))] if isinstance(allowed, list) else []


class RequestTimeout(DomainError):
    code = "REQUEST_TIMEOUT"
    status = 408
    default_message = "The request did not arrive in time."


class InFlight(DomainError):
    code = "IN_FLIGHT"
    status = 409
    default_message = "A request with this idempotency key is being carried out."

    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", "1")]


class PayloadTooLarge(DomainError):
    code = "PAYLOAD_TOO_LARGE"
    status = 413
    default_message = "The body is too large."


class UriTooLong(DomainError):
    code = "URI_TOO_LONG"
    status = 414
    default_message = "The URL is too long."


class UnsupportedMediaType(DomainError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    default_message = "Send application/json in UTF-8, not compressed."


class IdempotencyKeyReused(DomainError):
    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422
    default_message = "This idempotency key was used for another request."


class RateLimited(DomainError):
    """`retry_after` in whole seconds, at least 1."""

    code = "RATE_LIMITED"
    status = 429
    default_message = "Too many requests."

    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", str(self.details.get("retry_after", 1)))]


class HeadersTooLarge(DomainError):
    code = "HEADERS_TOO_LARGE"
    status = 431
    default_message = "The headers are too large."


class Internal(DomainError):
    """The answer to a bug: the trace goes to the log under the request id, never to the caller."""

    code = "INTERNAL"
    status = 500
    default_message = "Something went wrong on our side."


class ServiceUnavailable(DomainError):
    """`part` names what is down. Nothing of the request was carried out."""

    code = "SERVICE_UNAVAILABLE"
    status = 503

    def __init__(self, part: str) -> None:
        super().__init__(f"Nothing was done: {part} is not available.", part=part)

    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", "1")]


class DatabaseUnavailable(DomainError):
    """The database is away or took too long. Whether a change was made is open; a repeat makes it once."""

    code = "DATABASE_UNAVAILABLE"
    status = 503
    default_message = (
        "The database does not answer. A change may be repeated safely under the same idempotency key "
        "or client order id."
    )

    def headers(self) -> list[tuple[str, str]]:
        return [("retry-after", "1")]
