"""Logging in, in two steps: a name with its password, then a code where there is a second factor. Before the
second step there is no session: what carries the first one is signed, short-lived and good for nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import HASH_SESSION_KEY, authenticate, login, logout
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from access.accounts.errors import LoginExpired, WrongLogin
from access.accounts.logins import note_end, note_login
from access.accounts.names import MAX_EMAIL, MAX_PASSWORD
from access.second_factor import check_code, second_factor_state
from access.second_factor.spending import spend_code_or_recovery
from access.services import Origin, record_audit

STEP_GOOD_FOR = timedelta(minutes=5)
BACKEND = "django.contrib.auth.backends.ModelBackend"
_SALT = "ballast.accounts.first-step"


@dataclass(frozen=True, slots=True)
class FirstStep:
    user: User
    needs_code: bool


def check_login(request: HttpRequest, *, name: str, password: str, now: datetime) -> FirstStep:
    """By name or mail address. Takes as long for an unknown one. Raises WrongLogin."""
    if len(name) > MAX_EMAIL or len(password) > MAX_PASSWORD or "\0" in name:
        raise WrongLogin
    user = authenticate(request, username=_username_of(name.strip()), password=password)
    if not isinstance(user, User):
        raise WrongLogin
    return FirstStep(user, second_factor_state(user_id=user.pk, now=now).since is not None)


def _username_of(name: str) -> str:
    """A name is as its owner wrote it, in whatever case; nobody's stays what it is."""
    field = "email__iexact" if "@" in name else "username__iexact"
    found = list(User.objects.filter(**{field: name}).values_list("username", flat=True)[:2]) if name else []
    return found[0] if len(found) == 1 else name


def step_token(user: User) -> str:
    """That the password was right, for five minutes and for as long as it stays the same."""
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=_SALT)


def user_of_step(token: str) -> User:
    """Raises LoginExpired."""
    try:
        user_id, proof = signing.loads(token, salt=_SALT, max_age=STEP_GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        raise LoginExpired from None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), str(proof)):
        raise LoginExpired
    return user


def spend_login_code(*, user: User, code: str, origin: Origin, now: datetime) -> None:
    """The second step; a recovery code does, once. Raises what `check_code` raises."""
    text = code.strip().upper()
    check_code(user_id=user.pk, code=text, now=now, recovery=True)
    with transaction.atomic():
        spend_code_or_recovery(user_id=user.pk, code=text, now=now)
        if not text.isdigit():
            own = Origin(user.pk, None, origin.ip, origin.user_agent)
            record_audit(
                origin=own, action="second_factor.recovery_code_used", subject=f"user:{user.pk}", after={}
            )


def begin_session(request: HttpRequest, user: User, origin: Origin, now: datetime) -> None:
    """After both steps. The session has a new key, so that nobody can have known it before."""
    login(request, user, backend=BACKEND)
    request.session.save()
    key = request.session.session_key
    assert key is not None
    note_login(user_id=user.pk, session_key=key, origin=origin, now=now)


def keep_session(request: HttpRequest, user: User, origin: Origin, now: datetime) -> None:
    """After a change of the password, which ends all others: this one goes on, under a new key."""
    before = request.session.session_key
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.save()
    if before is not None:
        note_end(before, now)
    note_login(user_id=user.pk, session_key=request.session.session_key or "", origin=origin, now=now)


def end_session(request: HttpRequest, now: datetime) -> None:
    """Logging out; nothing happens to who is not logged in."""
    key = request.session.session_key
    if key is not None:
        note_end(key, now)
    logout(request)
