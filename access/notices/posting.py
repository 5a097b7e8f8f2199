"""One webhook sent: a POST to a judged address, within five seconds, following nothing, keeping nothing of
what is answered but the status.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx
from django.conf import settings

from access.notices.connecting import (
    Allowance,
    ForbiddenAddress,
    GuardedBackend,
    Lookup,
    TooMuch,
    UnknownName,
    system_lookup,
)
from access.notices.errors import WebhookUrlForbidden
from access.notices.outcomes import DELIVERED, Outcome, failed
from access.notices.targets import Policy, Target, read_target

SECONDS = 5.0
READ_BYTES = 64 * 1024
_GONE = 410


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """`trust` says whose certificates count; None: what plain HTTP needs. Any number of threads may send."""

    policy: Policy
    trust: ssl.SSLContext | None
    lookup: Lookup = system_lookup
    seconds: float = SECONDS

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        try:
            target = read_target(url, self.policy)  # the policy may have changed since it was taken
        except WebhookUrlForbidden:
            return failed("FORBIDDEN_URL", is_permanent=True)
        try:
            status = self._exchange(target, headers, body)
        except _OUTSIDE as error:
            return failed(_why(error))
        if 200 <= status < 300:
            return DELIVERED
        return failed(f"HTTP {status}", is_gone=status == _GONE, is_permanent=status == _GONE)

    def _exchange(self, target: Target, headers: Mapping[str, str], body: bytes) -> int:
        backend = GuardedBackend(self.policy, self.lookup, Allowance(self.seconds, READ_BYTES))
        sent = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "User-Agent": "Ballast-Webhooks/1",
            "Connection": "close",
            **headers,
        }
        url = httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode(),
        )
        with (
            httpcore.ConnectionPool(ssl_context=self.trust, network_backend=backend, retries=0) as pool,
            pool.stream("POST", url, headers=list(sent.items()), content=body) as response,
        ):
            return response.status


_OUTSIDE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    OSError,
    UnicodeError,  # a name that nobody can be asked for
)
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (ForbiddenAddress, "FORBIDDEN_ADDRESS"),
    (UnknownName, "UNKNOWN_NAME"),
    (TooMuch, "TOO_LARGE"),
    (httpcore.TimeoutException, "TIMEOUT"),
    (httpcore.ConnectError, "NOT_CONNECTED"),
    (httpcore.NetworkError, "CONNECTION_LOST"),
    (httpcore.ProtocolError, "NOT_HTTP"),
)


def _why(error: Exception) -> str:
    """A word of ours: what the other side wrote is shown to nobody."""
    cause: BaseException | None = error
    while cause is not None:  # httpcore wraps what a handshake said
        if isinstance(cause, ssl.SSLError):
            return "TLS"
        cause = cause.__cause__ or cause.__context__
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word
    return "NOT_CONNECTED"


@cache
def configured_policy() -> Policy:
    return Policy(is_local=settings.WEBHOOKS_LOCAL)


@cache
def configured_sender() -> WebhookSender:
    """The store of certificates takes long to load: once in a process."""
    return WebhookSender(configured_policy(), httpx.create_ssl_context(trust_env=False))
