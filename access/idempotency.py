"""Requests that must happen once: the first answer to an Idempotency-Key is stored and given to every repeat.

What is carried out must itself be idempotent by the same key, because a record that a crash left unfinished
is carried out again. Refusals are answers and are stored; what may pass (429, 5xx) is not.
"""

import hashlib
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from access.errors import (
    DomainError,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InFlight,
    RateLimited,
    error_body,
)
from access.http import ApiAnswer, ApiRequest
from access.models import IdempotencyRecord
from access.threads import in_thread

HEADER = "idempotency-key"
ABANDONED_AFTER = timedelta(seconds=10)
KEPT_FOR = timedelta(days=7)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

# Plain SQL, for every such request waits for it. A claim is its own transaction, but waits for no disk: what
# a crash of the database forgets is claimed anew by the repeat, as what it left unfinished is done again.
_CLAIM = """
INSERT INTO access_idempotencyrecord (user_id, key, request_digest, claim, claimed_at, status, body)
VALUES (%s, %s, %s, %s, %s, 0, '') ON CONFLICT (user_id, key) DO NOTHING;
SET LOCAL synchronous_commit TO off"""
_FINISH = """
UPDATE access_idempotencyrecord SET status = %s, body = %s, finished_at = %s
WHERE user_id = %s AND key = %s AND claim = %s"""

Work = Callable[[], ApiAnswer]


def idempotency_key(request: ApiRequest) -> str:
    """The request's key, for the services that are idempotent by it too."""
    key = request.headers.get(HEADER, "")
    if _KEY.fullmatch(key) is None:
        raise IdempotencyKeyRequired(field="Idempotency-Key")
    return key


async def once_async(request: ApiRequest, work: Work) -> ApiAnswer:
    """`once` for a handler in the event loop; `work` runs in a thread."""
    return await in_thread(once, request, work)


def once(request: ApiRequest, work: Work) -> ApiAnswer:
    """Carry `work` out, or give the stored answer of the request that did.

    Call it outside any transaction: that the request is in flight must be seen by others at once.
    """
    claim = uuid.uuid4()
    stored = _claim(request, claim)
    if stored is not None:
        return stored
    try:
        return _finish(request, claim, work())
    except DomainError as error:
        return _finish(request, claim, _refused(request, claim, error))


async def once_awaiting(request: ApiRequest, work: Callable[[], Awaitable[ApiAnswer]]) -> ApiAnswer:
    """`once` for work that awaits something: no thread is held meanwhile."""
    claim = uuid.uuid4()
    stored = await in_thread(_claim, request, claim)
    if stored is not None:
        return stored
    try:
        answer = await work()
    except DomainError as error:
        answer = await in_thread(_refused, request, claim, error)
    return await in_thread(_finish, request, claim, answer)


def _refused(request: ApiRequest, claim: uuid.UUID, error: DomainError) -> ApiAnswer:
    """The refusal as an answer to keep. What may pass is raised again, and frees the key for the next try."""
    if error.status >= 500 or isinstance(error, RateLimited):
        _record_of(request).filter(claim=claim).delete()
        raise error
    return ApiAnswer(error_body(error, request.request_id), error.status, tuple(error.headers()))


def _finish(request: ApiRequest, claim: uuid.UUID, answer: ApiAnswer) -> ApiAnswer:
    body, owner = answer.encoded(), (request.caller.user_id, idempotency_key(request))
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, [answer.status, body, timezone.now(), *owner, claim])
    return ApiAnswer(body, answer.status, answer.headers)


def _record_of(request: ApiRequest) -> QuerySet[IdempotencyRecord]:
    return IdempotencyRecord.objects.filter(user_id=request.caller.user_id, key=idempotency_key(request))


def _claim(request: ApiRequest, claim: uuid.UUID) -> ApiAnswer | None:
    """None when this request is the one that carries it out; else the stored answer, or a refusal."""
    assert request.caller.user_id, "an idempotent operation is never public"
    now = timezone.now()
    user_id, key, digest = request.caller.user_id, idempotency_key(request), _digest(request)
    if _is_first(user_id, key, digest, claim, now):
        return None
    record = _record_of(request).first()
    if record is None:
        raise InFlight  # and ended just now, with what may pass
    if record.request_digest != digest:
        raise IdempotencyKeyReused(field="Idempotency-Key")
    if record.finished_at is not None:
        return ApiAnswer(bytes(record.body), record.status)
    if record.claimed_at > now - ABANDONED_AFTER:
        raise InFlight
    taken = IdempotencyRecord.objects.filter(
        pk=record.pk, claim=record.claim, finished_at__isnull=True
    ).update(claim=claim, claimed_at=now)
    if taken != 1:
        raise InFlight
    return None


def _is_first(user_id: int, key: str, digest: str, claim: uuid.UUID, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [user_id, key, digest, claim, now])
        return bool(cursor.rowcount)


def _digest(request: ApiRequest) -> str:
    head = f"{request.method}\n{request.path}\n".encode() + request.raw_query + b"\n"
    return hashlib.sha256(head + request.raw_body).hexdigest()


def forget_old_records(*, now: datetime) -> int:
    """Delete what nobody repeats any more. Returns how many records went."""
    deleted, _ = IdempotencyRecord.objects.filter(claimed_at__lt=now - KEPT_FOR).delete()
    return deleted
