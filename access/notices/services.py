"""Telling: notices are written in the transaction of what they tell of, each once by its key. What is sent
outside is sent later, by `access.notices.turn`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from access.notices.broadcast import Told, tell_after_commit

MAX_NOTICES = 10_000  # in one call
MAX_WAITING = 1_000  # of one webhook; what comes beyond stands in the list of notices alone
MAX_KIND, MAX_KEY, MAX_TEXT = 40, 128, 500


@dataclass(frozen=True, slots=True)
class Notice:
    """`text` is a sentence or two for people, `data` the same for programs (plain JSON, amounts as strings).

    `key` names what is told: the same one is told to the same user once.
    """

    user_id: int
    kind: str
    key: str
    text: str
    data: Mapping[str, object] = field(default_factory=dict)


# Who meets another's key waits for that transaction: in one order, so that no two wait for each other.
_TELL = """
WITH told AS (
    INSERT INTO access_notice (user_id, kind, key, text, data, created_at)
    SELECT user_id, kind, key, text, data, %(now)s
    FROM unnest(
        %(users)s::bigint[], %(kinds)s::text[], %(keys)s::text[], %(texts)s::text[], %(data)s::jsonb[])
        AS given (user_id, kind, key, text, data)
    ORDER BY user_id, key
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING id, user_id, kind, key
), ways AS (
    SELECT told.id AS notice_id, 'EMAIL' AS channel, NULL::bigint AS endpoint_id
    FROM told
    JOIN auth_user AS person ON person.id = told.user_id AND person.is_active AND person.email <> ''
    LEFT JOIN access_noticechoice AS chosen ON chosen.user_id = told.user_id AND chosen.kind = told.kind
    WHERE coalesce(chosen.by_email, true)
    UNION ALL
    SELECT told.id, 'WEBHOOK', hook.id
    FROM told
    JOIN access_webhookendpoint AS hook
        ON hook.user_id = told.user_id AND hook.disabled_at IS NULL AND hook.deleted_at IS NULL
    LEFT JOIN access_noticechoice AS chosen ON chosen.user_id = told.user_id AND chosen.kind = told.kind
    WHERE coalesce(chosen.by_webhook, true) AND (
        SELECT count(*) FROM (
            SELECT 1 FROM access_noticedelivery AS waiting
            WHERE waiting.endpoint_id = hook.id AND waiting.status = 'WAITING' LIMIT %(most)s
        ) AS backlog
    ) < %(most)s
), due AS (
    INSERT INTO access_noticedelivery
        (notice_id, channel, endpoint_id, is_test, status, attempts, created_at, next_at, last_error)
    SELECT notice_id, channel, endpoint_id, false, 'WAITING', 0, %(now)s, %(now)s, '' FROM ways
)
SELECT id, user_id, key FROM told ORDER BY id"""


def notify(notices: Sequence[Notice]) -> int:
    """In the caller's transaction. Gives how many were new; of two with one key the first is told."""
    assert connection.in_atomic_block
    assert len(notices) <= MAX_NOTICES
    if not notices:
        return 0
    assert all(_is_sound(notice) for notice in notices)
    now = timezone.now()
    given = {(notice.user_id, notice.key): notice for notice in reversed(notices)}
    notices = list(given.values())
    columns: dict[str, Any] = {
        "now": now,
        "most": MAX_WAITING,
        "users": [notice.user_id for notice in notices],
        "kinds": [notice.kind for notice in notices],
        "keys": [notice.key for notice in notices],
        "texts": [notice.text for notice in notices],
        "data": [Jsonb(dict(notice.data)) for notice in notices],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, columns)
        new: list[tuple[int, int, str]] = cursor.fetchall()
    tell_after_commit([_told(number, given[user, key], now) for number, user, key in new])
    return len(new)


def _told(number: int, notice: Notice, now: datetime) -> Told:
    return Told(notice.user_id, number, notice.kind, notice.text, notice.data, int(now.timestamp() * 1000))


def _is_sound(notice: Notice) -> bool:
    return (
        0 < len(notice.kind) <= MAX_KIND
        and 0 < len(notice.key) <= MAX_KEY
        and 0 < len(notice.text) <= MAX_TEXT
        and notice.text.isprintable()
    )
