"""Who speaks, and whether this request may: signature or session, scope, address, nonce and rate."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.conf import settings

from access import signing
from access.bridge import Environ
from access.http import SAFE_METHODS, Caller, Operation, Scope
from access.key_errors import Forbidden, InvalidKey, IpNotAllowed
from access.keyring import Entry, Keyring
from access.limits import Admitted, Bucket, Limits, block_of, bucket_for
from access.messages import Head
from access.selectors import KeyRecord
from access.sessions import session_user_id
from access.threads import in_admission_thread

SESSION_SCOPES = frozenset(str(scope) for scope in Scope)
KEY_PATTERN = re.compile(r"bk_[0-9a-f]{32}", re.ASCII)
# Look-ups of keys and sessions that one address may cause in this process: a second, and at once.
LOOKUPS = (200, 1000)


class _Taken(Protocol):
    """What a round trip to Redis brought. `epoch` is None where Redis could not be asked."""

    @property
    def epoch(self) -> bytes | None: ...


Taken = TypeVar("Taken", bound=_Taken)


@dataclass(frozen=True, slots=True)
class Admission:
    caller: Caller
    admitted: Admitted


class Gate:
    """Admits requests. One for each web process."""

    def __init__(self) -> None:
        self.limits = Limits(settings.REDIS_URL)
        self._keyring = Keyring()

    async def admit(
        self, head: Head, body: bytes, operation: Operation, environ: Callable[[], Environ]
    ) -> Admission:
        if signing.KEY_HEADER in head.headers:
            is_safe = head.method in SAFE_METHODS
            return await self._signed(head, body, operation, is_safe)  # cookies are not looked at
        if operation.scope is None and not operation.session_only:
            return await self._public(head, operation)
        return await self._session(head, operation, environ)

    async def admit_connection(self, head: Head, operation: Operation) -> Admission:
        """By a signature that a whole connection will stand on, orders too: without the nonces that all
        processes share it could be used once in each. Raises ServiceUnavailable."""
        return await self._signed(head, b"", operation, False)

    async def _public(self, head: Head, operation: Operation) -> Admission:
        caller = Caller(0, 0, frozenset(), head.ip)
        is_safe = head.method in SAFE_METHODS
        bucket = bucket_for("ip", block_of(head.ip))
        return Admission(caller, await self._take(bucket, operation, "", is_safe))

    async def _session(self, head: Head, operation: Operation, environ: Callable[[], Environ]) -> Admission:
        if f"{settings.SESSION_COOKIE_NAME}=" not in head.headers.get("cookie", ""):
            raise InvalidKey
        self.count_lookup(head)
        is_safe = head.method in SAFE_METHODS
        user_id = await in_admission_thread(session_user_id, environ(), is_safe=is_safe)
        caller = Caller(user_id, 0, SESSION_SCOPES, head.ip)
        return Admission(caller, await self._take(bucket_for("user", user_id), operation, "", is_safe))

    async def _signed(self, head: Head, body: bytes, operation: Operation, is_safe: bool) -> Admission:
        headers = head.headers
        stamp = signing.read_stamp(
            headers.get(signing.TIMESTAMP_HEADER, ""),
            headers.get(signing.WINDOW_HEADER, ""),
            headers.get(signing.NONCE_HEADER, ""),
            time.time_ns() // 1_000_000,
        )
        message = signing.payload(stamp, head.method, head.target, body)

        def check(record: KeyRecord) -> None:
            _check(record, message, head, operation)

        async def take(record: KeyRecord) -> Admitted:
            nonce = f"{record.key_id}:{stamp.nonce}"
            return await self._take(bucket_for("key", record.key_id), operation, nonce, is_safe)

        caller, admitted = await self.identify(headers[signing.KEY_HEADER], head, check, take)
        return Admission(caller, admitted)

    async def identify(
        self,
        public_id: str,
        head: Head,
        check: Callable[[KeyRecord], None],
        take: Callable[[KeyRecord], Awaitable[Taken]],
    ) -> tuple[Caller, Taken]:
        """Whose key it is. `check` raises where the key may not do what is asked; `take` is the request's own
        round trip to Redis, which takes what it costs and brings the epoch of the keys. So a key that was
        changed anywhere is read anew, and checked again. Raises InvalidKey, and whatever those two raise.
        """
        entry = await self._entry(public_id, head)
        check(entry.record)
        taken = await take(entry.record)
        confirmed = await self._keyring.confirmed(entry, taken.epoch)
        if confirmed is not entry:
            check(confirmed.record)
        record = confirmed.record
        self._keyring.note_use(record, head.ip)
        return Caller(record.user_id, record.key_id, record.scopes, head.ip), taken

    async def _entry(self, public_id: str, head: Head) -> Entry:
        entry = self._keyring.cached(public_id)
        if entry is not None:
            return entry
        if KEY_PATTERN.fullmatch(public_id) is None:
            raise InvalidKey
        self.count_lookup(head)
        return await self._keyring.load(public_id)

    def count_lookup(self, head: Head) -> None:
        """Guessing keys costs a look-up each. Counted in this process, for the counting must be cheap."""
        bucket = Bucket(f"lookup:{block_of(head.ip)}", *LOOKUPS)
        self.limits.local.take(bucket, 1, time.time_ns() // 1_000_000)

    async def _take(self, bucket: Bucket, operation: Operation, nonce: str, is_safe: bool) -> Admitted:
        return await self.limits.admit(bucket, cost=operation.cost, nonce=nonce, is_safe=is_safe)


def _check(record: KeyRecord, message: bytes, head: Head, operation: Operation) -> None:
    """In this order, so that only who holds the secret learns what the key may do."""
    if record.expires_at is not None and record.expires_at.timestamp() <= time.time():
        raise InvalidKey
    record.check(message, head.headers.get(signing.SIGNATURE_HEADER, ""))
    if not record.allows(head.ip):
        raise IpNotAllowed
    if operation.session_only:
        raise Forbidden("This needs a login; a key may not do it.")
    if operation.scope is not None and operation.scope not in record.scopes:
        raise Forbidden(f"The key lacks the scope {operation.scope}.", scope=str(operation.scope))
