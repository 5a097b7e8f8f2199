"""How long an operator's login at /admin/ counts, and what ends it: time, and any change of who he is.

A login carries a stamp of what he was when he gave his code: his second factor, his rights and his groups.
"""

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from access.models import Role

SINCE, SEEN, STAMP = "operator_since", "operator_seen", "operator_stamp"
NOTED_SECONDS = 30  # how stale the time of the last request may be, so that few requests write the session
OF_ITSELF = "ballast.of_itself"  # in META: a page asks this without anybody, which keeps nobody logged in
_KNOWN = "ballast.operator_counts"  # one request asks once, however many parts of a page want to know
_SALT = "ballast.operators.stamp"
# Plain SQL: each request at /admin/ asks it. Who is suspended, disabled or has no second factor has no stamp.
_WHAT_HE_IS = """
SELECT person.is_superuser, extract(epoch FROM device.confirmed_at)::text,
       (SELECT array_agg(group_id ORDER BY group_id) FROM auth_user_groups WHERE user_id = person.id),
       (SELECT array_agg(permission_id ORDER BY permission_id) FROM auth_user_user_permissions
        WHERE user_id = person.id)
FROM auth_user AS person
JOIN access_totpdevice AS device ON device.user_id = person.id AND device.confirmed_at IS NOT NULL
LEFT JOIN access_accountrole AS role ON role.user_id = person.id
WHERE person.id = %s AND person.is_active AND person.is_staff AND coalesce(role.role, '') <> %s"""


def begin_operating(request: HttpRequest) -> None:
    """The login counts from now on, after both steps of it. The session must be a new one."""
    assert request.user.pk is not None
    request.META.pop(_KNOWN, None)
    mark_operating(request.session, int(request.user.pk), int(time.time()))


def mark_operating(session: SessionBase, user_id: int, now: int) -> None:
    session[SINCE] = session[SEEN] = now
    session[STAMP] = operator_stamp(user_id)


def operator_stamp(user_id: int) -> str:
    """ "" for who may not be in the admin at all."""
    with connection.cursor() as cursor:
        cursor.execute(_WHAT_HE_IS, [user_id, Role.SUSPENDED.value])
        found = cursor.fetchone()
    return "" if found is None else salted_hmac(_SALT, f"{user_id}:{found!r}").hexdigest()


def counts_as_operator(request: HttpRequest) -> bool:
    """Whether this login is an operator's, is in time, and he is still what he was."""
    known = request.META.get(_KNOWN)
    if known is None:
        known = request.META[_KNOWN] = _is_in_time(request) and _is_unchanged(request)
    return bool(known)


def is_begun(request: HttpRequest) -> bool:
    """Whether it ever was a login at /admin/, be it one that ran out."""
    return SINCE in request.session


def _is_in_time(request: HttpRequest) -> bool:
    now = int(time.time())
    since, seen = request.session.get(SINCE), request.session.get(SEEN)
    if not isinstance(since, int) or not isinstance(seen, int):
        return False
    if now - since > settings.OPERATOR_LONGEST_SECONDS or now - seen > settings.OPERATOR_IDLE_SECONDS:
        return False
    if now - seen >= NOTED_SECONDS and not request.META.get(OF_ITSELF):
        request.session[SEEN] = now
    return True


def _is_unchanged(request: HttpRequest) -> bool:
    had, user_id = request.session.get(STAMP), request.user.pk
    if not isinstance(had, str) or not had or user_id is None:
        return False
    return constant_time_compare(had, operator_stamp(int(user_id)))
