"""What sources need to know of their surroundings, read from Django's settings in this one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

PYTH_URL = "https://hermes.pyth.network"
MAX_BODY = 2**20
MAX_MARKETS_BODY = 2**25  # all markets of a large exchange, asked once and for an unusual pair alone
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class UnsafeAddress(ValueError):
    """A price that crosses a network unencrypted is whatever somebody on the way says."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`addresses` are those of servers that stand in for a kind's own (a mirror, a proxy, a test), by kind.

    `seed` and `middle_price` (whole dollars) are the simulation's, `recordings` the folder of recorded files.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    redis_url: str = ""
    recordings: Path | None = None
    seed: str = "ballast"
    middle_price: int = 60_000
    timeout_s: float = 10.0
    max_body: int = MAX_BODY

    def address(self, kind: str, default: str = "") -> str:
        """Raises UnsafeAddress."""
        address = self.addresses.get(kind, default)
        return checked_address(address) if address else ""


def checked_address(address: str) -> str:
    """The address of a server without a slash at its end. Raises UnsafeAddress."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or plain) or parts.username or parts.query:
        raise UnsafeAddress(f"{address!r} is neither https://host nor on this machine")
    return address.rstrip("/")


def surroundings() -> Surroundings:
    return Surroundings(
        addresses=settings.ORACLE_ADDRESSES,
        redis_url=settings.REDIS_URL,
        recordings=settings.ORACLE_RECORDINGS,
        seed=settings.ORACLE_SIMULATED_SEED,
        middle_price=settings.ORACLE_SIMULATED_PRICE,
    )
