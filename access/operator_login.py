"""The door of the admin: a password, then a code; who has no second factor sets one up before he is in.

Between the steps there is no session. What carries the first one is signed, short-lived, bound to the
password and good for this door alone; it also keeps the secret that is being set up, so that nobody else who
knows the password is shown it.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from access.accounts.errors import LoginExpired, WrongLogin
from access.accounts.logging_in import begin_session, check_login, spend_login_code
from access.accounts.telling import tell_security_change
from access.encryption import decrypt, encrypt
from access.errors import DomainError
from access.operator_session import begin_operating
from access.operators import tell_of_factor
from access.roles import Permission, may
from access.second_factor import begin_enrolment, confirm_enrolment
from access.second_factor.codes import enrolment_uri
from access.second_factor.errors import InvalidCode
from access.services import Origin, record_audit

STEP_GOOD_FOR = timedelta(minutes=10)
_SALT = "ballast.operators.first-step"


@dataclass(frozen=True, slots=True)
class Step:
    """The password was right. `secret` is of the factor that he sets up; "" where he gives a code."""

    user: User
    secret: str = ""

    @property
    def uri(self) -> str:
        return enrolment_uri(self.secret, f"{self.user.get_username()} (operator)")


def first_step(request: HttpRequest, *, name: str, password: str, origin: Origin, now: datetime) -> Step:
    """Raises WrongLogin, for customers and suspended operators as for a wrong password."""
    checked = check_login(request, name=name, password=password, now=now)
    user = checked.user
    if not user.is_staff or not may(user.pk, Permission.ADMIN_ACCESS):
        raise WrongLogin
    if checked.needs_code:
        return Step(user)
    return Step(user, begin_enrolment(user_id=user.pk, now=now, origin=_by(user, origin)).secret)


def step_token(step: Step) -> str:
    sealed = encrypt(step.secret, owner=_owner(step.user)) if step.secret else b""
    proof = step.user.get_session_auth_hash()
    return signing.dumps([step.user.pk, proof, base64.b64encode(sealed).decode()], salt=_SALT)


def read_step(token: str) -> Step:
    """Raises LoginExpired."""
    try:
        user_id, proof, sealed = signing.loads(token, salt=_SALT, max_age=STEP_GOOD_FOR)
        user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
        if user is None or not constant_time_compare(user.get_session_auth_hash(), str(proof)):
            raise LoginExpired
        stored = base64.b64decode(sealed)
        return Step(user, decrypt(stored, owner=_owner(user)) if stored else "")
    except (signing.BadSignature, InvalidTag, ValueError, TypeError):
        raise LoginExpired from None


def enter(request: HttpRequest, *, step: Step, code: str, origin: Origin, now: datetime) -> None:
    """By a code, or a recovery code. Raises what `check_code` raises; a wrong one stands in the trail."""
    assert not step.secret
    try:
        spend_login_code(user=step.user, code=code, origin=origin, now=now)
    except InvalidCode:
        _audit("operator.code_refused", step.user, origin)
        raise
    _begin(request, step.user, origin, now)


def set_up_and_enter(
    request: HttpRequest, *, step: Step, code: str, origin: Origin, now: datetime
) -> list[str]:
    """By the first code of the new factor. Gives the recovery codes, shown once; all operators are told.

    Raises NoEnrolment, SecondFactorLocked, InvalidCode.
    """
    assert step.secret
    user = step.user
    codes = confirm_enrolment(user_id=user.pk, code=code.strip(), now=now, origin=_by(user, origin))
    with transaction.atomic():
        text = "A second factor was set up for your account, at the operators' login."
        tell_security_change(user.pk, text, now)
        tell_of_factor(user.pk, "set up", ip=origin.ip, now=now)
    _begin(request, user, origin, now)
    return list(codes)


def _begin(request: HttpRequest, user: User, origin: Origin, now: datetime) -> None:
    """Whatever the session was before is gone: nobody can have known the new one."""
    if not may(user.pk, Permission.ADMIN_ACCESS):
        raise WrongLogin
    request.session.flush()
    begin_session(request, user, _by(user, origin), now)
    begin_operating(request)
    _audit("operator.logged_in", user, origin)


def problem_of(error: DomainError) -> str:
    """As a person reads it."""
    wait = error.details.get("retry_after")
    return f"{error.message} Try again in {wait} s." if wait else error.message


def _audit(action: str, user: User, origin: Origin) -> None:
    record_audit(origin=_by(user, origin), action=action, subject=f"user:{user.pk}", after={})


def _by(user: User, origin: Origin) -> Origin:
    return Origin(user.pk, None, origin.ip, origin.user_agent, origin.request_id)


def _owner(user: User) -> str:
    return f"operator's step {user.pk}"
