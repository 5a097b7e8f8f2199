"""Opening an account: the name is the user's at once, the mail address once he opened what was sent there.

So nobody learns here whose address is known, and nobody is mailed twice for what a stranger typed.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from access.accounts.emails import claim_email
from access.accounts.errors import UsernameTaken
from access.accounts.names import check_password_strength, read_email, read_username
from access.services import Origin, record_audit

_LOCK = 0x_BA_11_AC_C7  # any number that no other advisory lock of the product uses


def open_account(
    *, username: str, email: str, password: str, site: str, origin: Origin, now: datetime
) -> User:
    """Refuses with InvalidUsername, UsernameTaken, InvalidEmail, WeakPassword. `site` is where links lead."""
    name, address = read_username(username), read_email(email)
    check_password_strength(password, username=name, email=address)
    user = User(username=name)
    user.set_password(password)  # before the lock: it takes a while
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # no two names differ by case alone
        if User.objects.filter(username__iexact=name).exists():
            raise UsernameTaken(field="username")
        try:
            user.save(force_insert=True)
        except IntegrityError:
            raise UsernameTaken(field="username") from None
        claim_email(user=user, email=address, site=site, now=now)
        own = Origin(user.pk, None, origin.ip, origin.user_agent, origin.request_id)
        record_audit(origin=own, action="account.opened", subject=f"user:{user.pk}", after={"username": name})
    return user
