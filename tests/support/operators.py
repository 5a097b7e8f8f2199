"""Operators in the admin, without a password: hashing one would be most of a test's time."""

import time

from django.contrib.auth.models import Permission, User
from django.test import Client

from access.operator_site import SEEN, SINCE


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
    """As if the login at /admin/ had been then."""
    session = client.session
    now = int(time.time())
    session[SINCE], session[SEEN] = now - seconds_ago, now - seen_ago
    session.save()
