"""People with a browser: an account, a password, a login, and money."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User

from access.sessions import SessionStore
from tests.api.people import Trader, new_trader

PASSWORD = "correct horse battery staple"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Person:
    """`trader` speaks for the same person over the API."""

    user: User
    trader: Trader

    @property
    def name(self) -> str:
        return self.user.get_username()

    def cookies(self, url: str) -> list[dict[str, Any]]:
        """As if just logged in."""
        session = SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session[BACKEND_SESSION_KEY] = _BACKEND
        session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        session.create()
        return [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}]


def new_person(client: httpx.Client, name: str, *, is_staff: bool = False, **funds: str) -> Person:
    """`funds` go into the trading account: USDB="10000"."""
    trader = new_trader(client, name)
    user = User.objects.get(pk=trader.user_id)
    user.set_password(PASSWORD)
    user.email = f"{name}-{secrets.token_hex(3)}@example.com"
    user.is_staff = user.is_superuser = is_staff
    user.save()
    if funds:
        trader.fund(**funds)
    return Person(user, trader)
