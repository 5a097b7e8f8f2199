"""What the front door counts, in the process's one registry of metrics. Names are few and bounded."""

import time
from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("ballast_http_requests", "Requests that were answered.", ["endpoint", "method", "status"])
SECONDS = Histogram(
    "ballast_http_request_seconds",
    "From a request's head to the end of its answer.",
    ["endpoint", "method", "status_class"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
RATE_LIMITED = Counter("ballast_rate_limited", "Requests refused for their rate.", ["kind"])
SOCKETS = Gauge("ballast_websocket_connections", "Open connections.")
SOCKETS_LIMIT = Gauge("ballast_websocket_connections_limit", "Connections that this process takes at most.")
SUBSCRIPTIONS = Gauge("ballast_websocket_subscriptions", "What open connections listen to.")
SOCKET_CLOSES = Counter("ballast_websocket_closes", "Connections that the server closed.", ["code"])
SOCKET_CONFLATIONS = Counter(
    "ballast_websocket_conflations", "Times that a slow reader was owed a snapshot instead of its frames."
)

NOTICES = Counter(
    "ballast_notice_deliveries", "Attempts to send a notice: DELIVERED or FAILED.", ["channel", "outcome"]
)

GONE = "gone"  # in place of a status: who asked went away before there was one
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@lru_cache(maxsize=4096)
def _requests(endpoint: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(endpoint, method, str(status) if status else GONE)


@lru_cache(maxsize=4096)
def _seconds(endpoint: str, method: str, hundreds: int) -> Histogram:
    return SECONDS.labels(endpoint, method, f"{hundreds}xx" if hundreds else GONE)


def note_request(endpoint: str, method: str, status: int, began: float) -> None:
    """`endpoint` is the name of what answered, never what the client wrote. `began` by time.perf_counter.
    `status` 0: who asked went away."""
    method = method if method in _METHODS else "OTHER"
    _requests(endpoint, method, status).inc()
    _seconds(endpoint, method, status // 100).observe(time.perf_counter() - began)


def note_delivery(channel: str, *, is_delivered: bool) -> None:
    """Of one attempt, once it is written down."""
    NOTICES.labels(channel, "DELIVERED" if is_delivered else "FAILED").inc()
