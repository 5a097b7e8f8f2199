"""What a webhook's URL may be, read more strictly than any client reads it, so that no two readings differ.

What its name leads to is judged when it is connected to: `access.notices.connecting`.
"""

import ipaddress
import re
from dataclasses import dataclass

from access.notices.addresses import Address, is_public
from access.notices.errors import WebhookUrlForbidden

MAX_URL = 512
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>(?:/[a-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[a-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_TOP = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
# Names that mean something inside of a network only, or nothing.
_INSIDE = frozenset(
    (
        *("arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local"),
        *("localdomain", "localhost", "onion", "private", "test"),
    )
)
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Policy:
    """`is_local` lets through what a receiver on the same machine needs: HTTP, any port, any address."""

    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """`address`: where the host is one, and no name. `authority` is what the Host header says."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_target(url: str, policy: Policy) -> Target:
    """Raises WebhookUrlForbidden."""
    if len(url) > MAX_URL:
        raise WebhookUrlForbidden(f"The URL is longer than {MAX_URL} characters.")
    if not url.isascii():
        raise WebhookUrlForbidden("Write the URL in ASCII: a name with other letters begins with xn--.")
    found = _URL.fullmatch(url)
    if found is None:
        raise WebhookUrlForbidden("The URL must be https://name/path, without a user and a fragment.")
    scheme, host = found["scheme"].lower(), found["host"].lower().strip("[]")
    port = int(found["port"] or _PORTS[scheme])
    if not policy.is_local and (scheme, port) != ("https", 443):
        raise WebhookUrlForbidden("The URL must be of HTTPS at port 443.")
    if port > 65_535:
        raise WebhookUrlForbidden("There is no such port.")
    address = _address(host, is_bracketed=found["host"].startswith("["))
    if address is None:
        _check_name(host, policy)
    elif not allowed(address, policy):
        raise WebhookUrlForbidden("The address is not a public one.")
    path = found["target"]
    return Target(scheme, host, port, path if path.startswith("/") else f"/{path}", address)


def allowed(address: Address, policy: Policy) -> bool:
    return policy.is_local or is_public(address)


def _address(host: str, *, is_bracketed: bool) -> Address | None:
    """Only the one spelling that everybody reads alike: no octal, nothing hexadecimal, all four parts."""
    try:
        return ipaddress.IPv6Address(host) if is_bracketed else ipaddress.IPv4Address(host)
    except ValueError:
        if is_bracketed:
            raise WebhookUrlForbidden("The address cannot be read.") from None
        return None


def _check_name(host: str, policy: Policy) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise WebhookUrlForbidden("The host is no name.")
    if policy.is_local:
        return
    # A last label that begins with a digit would be an address to some: 2130706433, 0x7f.1, 127.1.
    if len(labels) < 2 or _TOP.fullmatch(labels[-1]) is None or labels[-1] in _INSIDE:
        raise WebhookUrlForbidden("The host is no public name.")
