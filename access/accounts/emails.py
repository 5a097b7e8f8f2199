"""A user's mail address: claimed, then confirmed by a link that was sent there. One address is one user's."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare

from access.accounts.errors import LinkInvalid
from access.accounts.mails import Letter, queue_mail
from access.accounts.names import read_email
from access.accounts.passwords import check_own_password
from access.accounts.telling import tell_security_change
from access.models import EmailClaim, SecurityChangeKind
from access.security_changes import note_security_change
from access.services import Origin, record_audit

LINK_GOOD_FOR = timedelta(days=3)
_SALT = "ballast.accounts.email"
_LOCK = 0x_BA_11_E4_11  # any number that no other advisory lock of the product uses
_CONFIRM = """Hello {name},

open this link to make {email} the address of your account:

{link}

It is good for three days. If you know nothing of this, do nothing: the address stays unconfirmed.
"""
_KNOWN = """Hello,

somebody, you perhaps, named {email} as the address of another account here. It already belongs to yours,
so nothing was changed. If you cannot get into your account, set a new password:

{site}/password/forgot
"""


def claim_email(*, user: User, email: str, site: str, now: datetime) -> None:
    """Inside the caller's transaction. Whoever asks sees the same whether or not the address is known."""
    EmailClaim.objects.update_or_create(pk=user.pk, defaults={"email": email, "at": now})
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        letter = Letter(
            email, "[Ballast] Your address was named again", _KNOWN.format(email=email, site=site)
        )
    else:
        link = f"{site}/account/email/{signing.dumps([user.pk, email], salt=_SALT)}"
        text = _CONFIRM.format(name=user.username, email=email, link=link)
        letter = Letter(email, "[Ballast] Confirm your address", text)
    queue_mail("EMAIL_CLAIM", letter, now)


def change_email(*, user_id: int, email: str, password: str, site: str, now: datetime) -> str:
    """Claim another address; the old one stays until the new one is confirmed. Raises InvalidEmail,
    WrongPassword."""
    address = read_email(email)
    user = User.objects.get(pk=user_id)
    check_own_password(user, password)
    with transaction.atomic():
        claim_email(user=user, email=address, site=site, now=now)
    return address


def send_again(*, user_id: int, site: str, now: datetime) -> bool:
    """The mail for the address that is not confirmed yet. False where there is none."""
    claim = EmailClaim.objects.filter(pk=user_id).first()
    if claim is None:
        return False
    with transaction.atomic():
        claim_email(user=User.objects.get(pk=user_id), email=claim.email, site=site, now=now)
    return True


def claimed_email(user_id: int) -> str:
    """The address that waits to be confirmed; "" where none does."""
    return EmailClaim.objects.filter(pk=user_id).values_list("email", flat=True).first() or ""


def read_link(token: str) -> tuple[int, str]:
    """Whose address it confirms, and which. Raises LinkInvalid."""
    try:
        user_id, email = signing.loads(token, salt=_SALT, max_age=LINK_GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkInvalid from None
    return int(user_id), str(email)


@transaction.atomic
def confirm_email(*, token: str, origin: Origin, now: datetime) -> str:
    """Make the address the user's own. In place of another it is a security change. Raises LinkInvalid."""
    user_id, email = read_link(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # of two who claim it one is first
    claim = EmailClaim.objects.select_for_update().filter(pk=user_id).first()
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is not None and claim is None and constant_time_compare(user.email, email):
        return email  # the link was opened twice
    if user is None or claim is None or not constant_time_compare(claim.email, email):
        raise LinkInvalid
    if User.objects.filter(email__iexact=email).exclude(pk=user_id).exists():
        raise LinkInvalid
    before, user.email = user.email, email
    user.save(update_fields=["email"])
    claim.delete()
    if before:
        note_security_change(user_id=user_id, kind=SecurityChangeKind.EMAIL, at=now)
        tell_security_change(user_id, "The mail address of your account was changed.", now)
        queue_mail("EMAIL_CHANGED", _farewell(before, user.username), now)
    record_audit(origin=origin, action="account.email_confirmed", subject=f"user:{user_id}", after={})
    return email


def _farewell(before: str, name: str) -> Letter:
    text = (
        f"Hello {name},\n\nthe address of your account is another one now, and this one gets no more mails."
        " Withdrawals are held for a while.\nIf that was not you, write to the house at once.\n"
    )
    return Letter(before, "[Ballast] The address of your account was changed", text)
