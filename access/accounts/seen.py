"""When and from where a session was last seen, for the list of logins. It never decides who may speak."""

import logging
import time
from datetime import datetime

from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

NOTED_SECONDS = 60.0  # how stale "last seen" may be, so that few requests write
MAX_NOTED = 20_000

_noted: dict[str, float] = {}
_UPSERT = """
INSERT INTO access_login (user_id, session_key, ip, user_agent, created_at, seen_at)
VALUES (%(user)s, %(key)s, %(ip)s, %(agent)s, %(now)s, %(now)s)
ON CONFLICT (session_key) DO UPDATE SET seen_at = %(now)s, ip = %(ip)s, user_id = %(user)s, ended_at = NULL"""


def note_seen(*, user_id: int, session_key: str, ip: str, user_agent: str, now: datetime) -> None:
    """Written at most once a minute for each session and process, and not at all where that fails."""
    at = time.monotonic()
    if at - _noted.get(session_key, -NOTED_SECONDS) < NOTED_SECONDS:
        return
    _noted.pop(session_key, None)
    _noted[session_key] = at
    if len(_noted) > MAX_NOTED:
        del _noted[next(iter(_noted))]
    values: dict[str, int | str | datetime] = {
        "user": user_id,
        "key": session_key,
        "ip": ip,
        "agent": user_agent[:256],
        "now": now,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_UPSERT, values)
    except DatabaseError as error:
        logger.warning("a session that was seen is not noted: %s", error)


def forget_seen(session_key: str) -> None:
    """What ended is noted anew should it come again."""
    _noted.pop(session_key, None)
