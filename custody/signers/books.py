"""Where a signer writes what it agrees to sign, before it signs: the shape, and books in memory."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from custody.signers.history import DAY_SECONDS, HOUR_SECONDS, Past, Signing

Check = Callable[[Past], None]


class Books(Protocol):
    def admit(self, signing: Signing, check: Check) -> tuple[bytes, ...]:
        """Writes it down for good if `check` lets it pass, all at once. One that is in the books passes.

        Gives the signatures that were kept for it, if any. `check` raises SignerRefused.
        """

    def keep(self, digest: str, signatures: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Keeps the signatures for the next who asks; where others were kept first, gives those."""


@dataclass(slots=True)
class MemoryBooks:
    """For tests and for a signer that a person starts for one deed."""

    _signings: dict[str, Signing] = field(default_factory=dict)
    _signatures: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, signing: Signing, check: Check) -> tuple[bytes, ...]:
        with self._lock:
            if signing.digest not in self._signings:
                check(past_of(list(self._signings.values()), signing))
                self._signings[signing.digest] = signing
            return self._signatures.get(signing.digest, ())

    def keep(self, digest: str, signatures: tuple[bytes, ...]) -> tuple[bytes, ...]:
        with self._lock:
            return self._signatures.setdefault(digest, signatures)


def past_of(signings: list[Signing], signing: Signing) -> Past:
    """What a signing is judged by, of all that were agreed to."""
    alike = [one for one in signings if one.purpose is signing.purpose]
    references = {reference for reference, _, _ in signing.pays}
    others = [one for one in signings if one.spend_id != signing.spend_id]
    return Past(
        family=tuple(one for one in signings if one.spend_id == signing.spend_id),
        cousins=tuple(one for one in others if references & {reference for reference, _, _ in one.pays}),
        hour_sats=_outflow_since(alike, signing, HOUR_SECONDS),
        day_sats=_outflow_since(alike, signing, DAY_SECONDS),
        hour_signings=sum(one.signed_at > signing.signed_at - HOUR_SECONDS for one in alike),
    )


def _outflow_since(signings: list[Signing], signing: Signing, seconds: int) -> int:
    largest: dict[str, int] = {}
    last: dict[str, int] = {}
    for one in signings:
        largest[one.spend_id] = max(one.outflow_sats, largest.get(one.spend_id, 0))
        last[one.spend_id] = max(one.signed_at, last.get(one.spend_id, 0))
    since = signing.signed_at - seconds
    return sum(
        sats for spend_id, sats in largest.items() if last[spend_id] > since and spend_id != signing.spend_id
    )


def now_seconds() -> int:
    return int(time.time())
