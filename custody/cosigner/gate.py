"""Who may ask the co-signer: whoever knows its secret, within the time window, each message once.

An address from which too many wrong messages came is told nothing of what is wrong with more of them.
Who knows the secret is heard all the same: else anybody behind the same proxy could silence the house.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from custody.cosigner.database import Database
from custody.signers.seal import Envelope, is_fresh, is_sealed, read_envelope

MAX_WRONG = 20
LOCK_SECONDS = 60
_MAX_ADDRESSES = 10_000
_NONCE_SECONDS = 600  # longer than a message is fresh, whatever a clock does in between


class Denial(StrEnum):
    UNSEALED = "UNSEALED"
    STALE = "STALE"
    REPLAYED = "REPLAYED"


class Denied(Exception):
    def __init__(self, denial: Denial, *, is_locked: bool = False) -> None:
        super().__init__(denial.value)
        self.denial = denial
        self.is_locked = is_locked


@dataclass(slots=True)
class Gate:
    secret: str = field(repr=False)
    database: Database
    clock: Callable[[], float] = time.time
    _wrong: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_locked(self, address: str) -> bool:
        with self._lock:
            return len(self._recent(address)) >= MAX_WRONG

    def admit(
        self, address: str, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Envelope:
        """Raises Denied, and counts it."""
        try:
            return self._admitted(method, target, headers, body)
        except Denied as denied:
            is_locked = self.is_locked(address)
            self._count(address)
            raise Denied(denial=denied.denial, is_locked=is_locked) from None

    def _admitted(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        envelope = read_envelope(headers)
        if envelope is None or not is_sealed(self.secret, envelope, method, target, body):
            raise Denied(Denial.UNSEALED)
        now = int(self.clock())
        if not is_fresh(envelope, now):
            raise Denied(Denial.STALE)
        with self.database.writing() as connection:
            connection.execute("DELETE FROM nonces WHERE seconds < ?", (now - _NONCE_SECONDS,))
            try:
                connection.execute("INSERT INTO nonces VALUES (?, ?)", (envelope.nonce, now))
            except sqlite3.IntegrityError:
                raise Denied(Denial.REPLAYED) from None
        return envelope

    def _count(self, address: str) -> None:
        with self._lock:
            if len(self._wrong) >= _MAX_ADDRESSES:
                self._wrong.clear()
            self._wrong[address] = [*self._recent(address), self.clock()][-MAX_WRONG:]

    def _recent(self, address: str) -> list[float]:
        since = self.clock() - LOCK_SECONDS
        return [moment for moment in self._wrong.get(address, []) if moment > since]
