"""What a name, a mail address and a password have to look like. It never says which are taken."""

import re

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from access.accounts.errors import InvalidEmail, InvalidUsername, UsernameTaken, WeakPassword

MAX_EMAIL = 254
MAX_PASSWORD = 256
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,29}", re.ASCII)
# Who had one of these could pass for the house.
_RESERVED = frozenset(
    {"admin", "administrator", "ballast", "house", "operator", "root", "security", "support"}
)
_is_email = EmailValidator()


def read_username(text: str) -> str:
    """Raises InvalidUsername, UsernameTaken for a name that is the house's."""
    name = text.strip()
    if _USERNAME.fullmatch(name) is None:
        raise InvalidUsername(field="username")
    if name.lower() in _RESERVED:
        raise UsernameTaken(field="username")
    return name


def read_email(text: str) -> str:
    """In lower case and ASCII, so that no two that look alike are two. Raises InvalidEmail."""
    email = text.strip().lower()
    if not email.isascii() or len(email) > MAX_EMAIL:
        raise InvalidEmail(field="email")
    try:
        _is_email(email)
    except ValidationError:
        raise InvalidEmail(field="email") from None
    return email


def check_password_strength(password: str, *, username: str, email: str) -> None:
    """Raises WeakPassword, which says what is wrong with it."""
    if len(password) > MAX_PASSWORD:
        raise WeakPassword(f"A password has at most {MAX_PASSWORD} characters.", field="password")
    try:
        validate_password(password, User(username=username, email=email))
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from None
