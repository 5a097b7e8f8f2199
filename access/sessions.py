"""Logged-in people at the API: Django's session, and its CSRF check for whatever changes something."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.authentication import CSRFCheck

from access.accounts.seen import note_seen
from access.bridge import Environ
from access.key_errors import Csrf, InvalidKey

SessionStore: Any = import_module(settings.SESSION_ENGINE).SessionStore


def session_user_id(environ: Environ, *, is_safe: bool) -> int:
    """Blocks. The session is looked up every time, so a logout or a disabled user counts at once."""
    request = WSGIRequest(environ)
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise InvalidKey
    if not is_safe:
        _check_csrf(request)
    assert user.pk is not None
    _note(request, int(user.pk))
    return int(user.pk)


def _note(request: WSGIRequest, user_id: int) -> None:
    key = request.session.session_key
    if key is not None:
        ip, agent = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", "")
        note_seen(user_id=user_id, session_key=key, ip=ip, user_agent=agent, now=timezone.now())


def _never(request: HttpRequest) -> HttpResponse:
    """Django's check asks for the view, only to see whether it is exempt."""
    raise AssertionError


def _check_csrf(request: WSGIRequest) -> None:
    check = CSRFCheck(_never)
    check.process_request(request)
    if check.process_view(request, _never, (), {}) is not None:
        raise Csrf
