"""Operators in the admin, without a password and a code: hashing one would be most of a test's time.

`tests/admin/door` goes through the door itself.
"""

import time
from uuid import uuid4

from django.contrib.auth.models import Permission, User
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django.utils import timezone

from access.models import OperatorProposal, TotpDevice
from access.operator_session import SEEN, SINCE, mark_operating
from access.second_person import decide_url


def operator(client: Client, *permissions: str, name: str = "olga", superuser: bool = True) -> User:
    """Logged in at /admin/ just now. With `permissions` ("app.codename") no superuser."""
    user = User.objects.create(username=name, is_staff=True, is_superuser=superuser and not permissions)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client.force_login(user)
    begin(client)
    return user


def begin(client: Client, *, seconds_ago: int = 0, seen_ago: int = 0) -> None:
    """As if the login at /admin/ had been then, with a second factor."""
    session = client.session
    mark(session, int(session["_auth_user_id"]))
    now = int(time.time())
    session[SINCE], session[SEEN] = now - seconds_ago, now - seen_ago
    session.save()


def mark(session: SessionBase, user_id: int) -> None:
    """Of whoever is staff; where he has no second factor he gets one that nobody has codes of."""
    TotpDevice.objects.get_or_create(
        pk=user_id, defaults={"encrypted_secret": b"-", "confirmed_at": timezone.now()}
    )
    mark_operating(session, user_id, int(time.time()))


def agree(*permissions: str, name: str = "oskar", reason: str = "I saw it, too") -> User:
    """Another operator confirms the newest proposal."""
    client = Client()
    user = operator(client, *permissions, name=name)
    url = decide_url(OperatorProposal.objects.latest("pk"))
    seen = client.get(url).context["form"].initial["seen"]
    answer = client.post(url, {"token": str(uuid4()), "seen": seen, "reason": reason})
    assert answer.status_code == 302, answer.content
    return user
