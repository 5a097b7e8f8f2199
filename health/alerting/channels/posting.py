"""A POST of JSON to a service that the settings name, following nothing and reading nothing but the status.

Its URL is a secret: whoever knows it writes there. So no error says it.
"""

import ssl
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from health.alerting.channels.shape import SECONDS

LONGEST_WAIT_S = 600
_NEVER = (400, 413, 422)  # what it says of this very message; anything else may be mended on either side


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` "" where it was taken."""

    error: str = ""
    is_permanent: bool = False
    wait_s: int = 0


def post(url: str, content: Any) -> Answer:
    """Raises nothing that a network or a service can cause."""
    return _exchange("POST", url, content)


def ping(url: str) -> Answer:
    return _exchange("GET", url, None)


def _exchange(method: str, url: str, content: Any) -> Answer:
    try:
        with (
            httpx.Client(
                timeout=SECONDS, trust_env=False, follow_redirects=False, verify=_trusted()
            ) as client,
            client.stream(method, url, json=content, headers={"User-Agent": "Ballast-Alerts/1"}) as response,
        ):
            return _answer(response)
    except httpx.TimeoutException:
        return Answer("TIMEOUT")
    except httpx.ConnectError:
        return Answer("NOT_CONNECTED")
    except httpx.InvalidURL:
        return Answer("INVALID_URL", is_permanent=True)
    except (httpx.HTTPError, OSError, ValueError):
        return Answer("CONNECTION_LOST")


@cache
def _trusted() -> ssl.SSLContext:
    """The store of certificates takes long to load: once in a process."""
    return httpx.create_ssl_context(trust_env=False)


def _answer(response: httpx.Response) -> Answer:
    if response.is_success:
        return Answer()
    wait = response.headers.get("Retry-After", "").partition(".")[0]
    return Answer(
        f"HTTP {response.status_code}",
        is_permanent=response.status_code in _NEVER,
        wait_s=min(int(wait), LONGEST_WAIT_S) if wait.isascii() and wait.isdecimal() else 0,
    )
