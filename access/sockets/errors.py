"""Refusals that only a socket knows."""

from access.errors import DomainError


class AuthRequired(DomainError):
    code = "AUTH_REQUIRED"
    status = 401
    default_message = "Send auth first: this is not for everybody."


class AlreadyAuthenticated(DomainError):
    code = "ALREADY_AUTHENTICATED"
    status = 409
    default_message = "This connection speaks for somebody already; open another one."


class InvalidTicket(DomainError):
    """Unknown, used and expired ones are not told apart."""

    code = "INVALID_TICKET"
    status = 401
    default_message = "The ticket is unknown, was used, or has expired; ask for another."


class TooManyConnections(DomainError):
    code = "TOO_MANY_CONNECTIONS"
    status = 429
    default_message = "Close a connection before opening another."


class TooManySubscriptions(DomainError):
    code = "TOO_MANY_SUBSCRIPTIONS"
    status = 422
    default_message = "Unsubscribe from something first."


class AlreadySubscribed(DomainError):
    code = "ALREADY_SUBSCRIBED"
    status = 409
    default_message = "This connection is subscribed to that; unsubscribe first to begin anew."


class NotSubscribed(DomainError):
    code = "NOT_SUBSCRIBED"
    status = 404
    default_message = "This connection has no such subscription."


class TooManyInFlight(DomainError):
    code = "TOO_MANY_IN_FLIGHT"
    status = 429
    default_message = "Wait for answers before sending more orders."


class OriginNotAllowed(DomainError):
    code = "ORIGIN_NOT_ALLOWED"
    status = 403
    default_message = "Pages of this origin may not connect."
