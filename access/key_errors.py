"""Refusals about who asks: keys and their terms, signatures, nonces, networks, sessions."""

from access.errors import DomainError, Malformed


class InvalidNetwork(Malformed):
    code = "INVALID_NETWORK"
    default_message = "An allowed network is an address or a CIDR block."


class InvalidPublicKey(Malformed):
    code = "INVALID_PUBLIC_KEY"
    default_message = "An Ed25519 public key is 32 bytes in base64."


class RecvWindow(Malformed):
    code = "RECV_WINDOW"
    default_message = "The receive window is 1 to 60000 milliseconds."


class KeyInUrl(Malformed):
    code = "KEY_IN_URL"
    default_message = "Keys and signatures belong in headers; a key that stood in a URL should be revoked."


class InvalidKey(DomainError):
    """No key, an unknown, a revoked and an expired one are not told apart, so that keys cannot be probed."""

    code = "INVALID_KEY"
    status = 401
    default_message = "Sign the request with a valid API key, or log in."


class InvalidSignature(DomainError):
    code = "INVALID_SIGNATURE"
    status = 401
    default_message = "The signature does not match the request."


class TimestampOutsideWindow(DomainError):
    code = "TIMESTAMP"
    status = 401
    default_message = "The timestamp is outside the receive window."


class NonceReused(DomainError):
    code = "NONCE_REUSED"
    status = 401
    default_message = "This nonce was used before."


class Forbidden(DomainError):
    code = "FORBIDDEN"
    status = 403
    default_message = "This key or session may not do that."


class IpNotAllowed(DomainError):
    code = "IP_NOT_ALLOWED"
    status = 403
    default_message = "The key may not be used from this address."


class Csrf(DomainError):
    code = "CSRF"
    status = 403
    default_message = "The CSRF token is missing or wrong."


class WithdrawScopeNeedsNetworks(DomainError):
    code = "WITHDRAW_NEEDS_IP_ALLOWLIST"
    status = 422
    default_message = "A key that may withdraw needs a list of allowed networks."


class TooManyKeys(DomainError):
    code = "TOO_MANY_KEYS"
    status = 422
    default_message = "Revoke a key before creating another."
