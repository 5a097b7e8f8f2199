"""API keys as the front door uses them: looked up once, kept here, forgotten when the epoch changes.

An entry is used only while the epoch it was loaded under is the one that the request's own round trip to
Redis brings back. Entries also die by age, so that a change made while Redis was away is seen within seconds.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from access.key_errors import InvalidKey
from access.selectors import KeyRecord, find_key
from access.services import note_key_use
from access.threads import admission_pool, in_admission_thread, with_connection

MAX_AGE_SECONDS = 5.0
MAX_ENTRIES = 10_000
USE_NOTED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    record: KeyRecord
    epoch: bytes | None
    loaded_at: float


class Keyring:
    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._epoch: bytes | None = None
        self._noted: dict[int, float] = {}

    def cached(self, public_id: str) -> Entry | None:
        entry = self._entries.get(public_id)
        if entry is None or time.monotonic() - entry.loaded_at > MAX_AGE_SECONDS:
            return None
        return entry

    async def load(self, public_id: str) -> Entry:
        """From the database. The epoch is the one known before, so a change in between shows."""
        epoch = self._epoch
        record = await in_admission_thread(find_key, public_id)
        if record is None:
            self._entries.pop(public_id, None)
            raise InvalidKey
        while len(self._entries) >= MAX_ENTRIES:
            del self._entries[next(iter(self._entries))]
        self._entries[public_id] = entry = Entry(record, epoch, time.monotonic())
        return entry

    async def confirmed(self, entry: Entry, epoch: bytes | None) -> Entry:
        """The entry, or a fresh one where `epoch` (None: unknown) is not what it was loaded under."""
        if epoch is None:
            self._epoch = None
            self._entries.clear()
        elif entry.epoch == epoch:
            return entry
        else:
            self._epoch = epoch
        return await self.load(entry.record.public_id)

    def note_use(self, record: KeyRecord, ip: str) -> None:
        """At most once a minute and key, in the background."""
        now = time.monotonic()
        if now - self._noted.get(record.key_id, -USE_NOTED_SECONDS) < USE_NOTED_SECONDS:
            return
        if len(self._noted) >= MAX_ENTRIES:
            self._noted.clear()
        self._noted[record.key_id] = now
        since = timezone.now() - timedelta(seconds=USE_NOTED_SECONDS)
        admission_pool.submit(with_connection, note_key_use, key_id=record.key_id, ip=ip, since=since)
