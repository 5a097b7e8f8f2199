"""A user's password: checked, changed, and set anew by a link that was mailed. Every change is noted by the
database itself as a security change, which holds withdrawals, and ends all other logins.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from access.accounts.errors import InvalidEmail, LinkInvalid, WrongPassword
from access.accounts.mails import Letter, queue_mail
from access.accounts.names import check_password_strength, read_email
from access.accounts.telling import tell_security_change
from access.errors import MissingField
from access.second_factor import check_code, second_factor_state, spend_code
from access.services import Origin, record_audit

_RESET = """Hello {name},

open this link to set a new password:

{link}

It is good for an hour and once. Withdrawals are then held for a while. Your second factor, if you have one,
is still asked for. If you know nothing of this, do nothing.
"""


def check_own_password(user: User, password: str) -> None:
    """Raises WrongPassword."""
    if not user.check_password(password):
        raise WrongPassword(field="password")


def change_password(
    *, user_id: int, password: str, new_password: str, code: str, origin: Origin, now: datetime
) -> User:
    """With the old one, and a code where there is a second factor. Raises WrongPassword, WeakPassword, and
    what `check_code` raises."""
    user = User.objects.get(pk=user_id)
    check_own_password(user, password)
    _check_strength(user, new_password)
    has_factor = second_factor_state(user_id=user_id, now=now).since is not None
    if has_factor:
        if not code:
            raise MissingField("Give a code of your second factor.", field="code")
        check_code(user_id=user_id, code=code, now=now)
    user.set_password(new_password)
    with transaction.atomic():
        if has_factor:
            spend_code(user_id=user_id, code=code, now=now)
        _store(user, "account.password_changed", origin, now)
    return user


def ask_reset(*, email: str, site: str, now: datetime) -> None:
    """Mail a link to whoever has confirmed this address. Whether anybody has is never said; what is no
    address is passed over as one that is unknown."""
    try:
        address = read_email(email)
    except InvalidEmail:
        return
    with transaction.atomic():
        user = User.objects.filter(email__iexact=address, is_active=True).order_by("pk").first()
        if user is None or not user.has_usable_password():
            return
        number = urlsafe_base64_encode(force_bytes(user.pk))
        link = f"{site}/password/reset/{number}/{default_token_generator.make_token(user)}"
        text = _RESET.format(name=user.username, link=link)
        queue_mail("PASSWORD_RESET", Letter(user.email, "[Ballast] Set a new password", text), now)


def user_of_link(number: str, token: str) -> User:
    """Raises LinkInvalid."""
    try:
        user_id = int(urlsafe_base64_decode(number).decode())
        user = User.objects.filter(pk=user_id, is_active=True).first() if 0 < user_id < 2**31 else None
    except (ValueError, UnicodeDecodeError):
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise LinkInvalid
    return user


def reset_password(*, number: str, token: str, new_password: str, origin: Origin, now: datetime) -> User:
    """By the link, once. Raises LinkInvalid, WeakPassword."""
    user = user_of_link(number, token)
    _check_strength(user, new_password)
    user.set_password(new_password)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        user_of_link(number, token)  # of two who come at once with one link the second is refused
        own = Origin(user.pk, None, origin.ip, origin.user_agent, origin.request_id)
        _store(user, "account.password_reset", own, now)
    return user


def _check_strength(user: User, password: str) -> None:
    check_password_strength(password, username=user.username, email=user.email)


def _store(user: User, action: str, origin: Origin, now: datetime) -> None:
    user.save(update_fields=["password"])
    text = (
        "The password of your account was changed. All other logins ended; withdrawals are held for a while."
    )
    tell_security_change(user.pk, text, now)
    record_audit(origin=origin, action=action, subject=f"user:{user.pk}", after={})
