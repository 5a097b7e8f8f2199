"""The number of a request, and the line that it is worth in the log: one that failed or was slow always has
one, any other only where BALLAST_LOG_REQUESTS asks for it.
"""

import logging
import re
import secrets

from django.conf import settings

from access.messages import Scope

logger = logging.getLogger(__name__)

REQUEST_ID_HEADER = b"x-request-id"
SLOW_SECONDS = 1.0
_GIVEN = re.compile(rb"[A-Za-z0-9_-]{16,64}")
_BRIDGED = "pages"


def request_id_of(scope: Scope) -> str:
    """That of a proxy of ours, so that its lines and ours have the same; else a new one. It names a request
    to people and decides nothing."""
    if settings.TRUSTED_PROXY_HOPS:
        for name, value in scope["headers"]:
            if name == REQUEST_ID_HEADER and _GIVEN.fullmatch(value):
                return str(value, "ascii")
    return secrets.token_hex(12)


def log_request(endpoint: str, scope: Scope, status: int, seconds: float) -> None:
    """Who asked is known to the context. No query: signatures and addresses stand in it."""
    is_bad = status >= 500 or seconds > SLOW_SECONDS
    if not is_bad and (not settings.LOG_REQUESTS or endpoint == _BRIDGED):
        return
    facts = {
        "method": scope["method"],
        "path": scope["path"],
        "endpoint": endpoint,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    logger.log(logging.WARNING if is_bad else logging.INFO, "request", extra=facts)
