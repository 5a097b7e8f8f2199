"""Mails about an account: queued in the caller's transaction, so that whoever asks cannot tell by the time it
takes whether one goes out; sent by a task soon after.
"""

import hashlib
import hmac
import logging
import smtplib
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from access.encryption import decrypt, encrypt
from access.models import AccountMail

logger = logging.getLogger(__name__)

MAX_AN_HOUR = 5  # to one address, of whatever kind: nobody floods a stranger by us
MAX_ATTEMPTS = 6
MAX_A_TURN = 50
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=7)
_OWNER = "account mail"


class Letter(msgspec.Struct, frozen=True):
    to: str
    subject: str
    text: str


_decoder = msgspec.json.Decoder(Letter)


def queue_mail(kind: str, letter: Letter, now: datetime) -> bool:
    """Inside the caller's transaction. False where this address has had enough for an hour."""
    recipient = _recipient_hash(letter.to)
    recent = AccountMail.objects.filter(recipient_hash=recipient, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= MAX_AN_HOUR:
        return False
    AccountMail.objects.create(
        encrypted_text=encrypt(msgspec.json.encode(letter).decode(), owner=_OWNER),
        recipient_hash=recipient,
        kind=kind,
        created_at=now,
        next_at=now,
    )
    return True


def send_due_mails(now: datetime) -> int:
    """Gives how many went out. What one process sends the others leave alone for a minute."""
    sent = 0
    for mail in _claimed(now):
        error = _send(mail)
        sent += not error
        _note(mail, error, now)
    return sent


def forget_old_mails(now: datetime) -> int:
    return AccountMail.objects.filter(created_at__lt=now - KEPT).delete()[0]


@transaction.atomic
def _claimed(now: datetime) -> list[AccountMail]:
    due = AccountMail.objects.select_for_update(skip_locked=True).filter(next_at__lte=now).order_by("next_at")
    claimed = list(due[:MAX_A_TURN])
    AccountMail.objects.filter(pk__in=[mail.pk for mail in claimed]).update(
        next_at=now + LEASE, attempts=F("attempts") + 1
    )
    return claimed


def _send(mail: AccountMail) -> str:
    """ "" where it was taken, else why not."""
    try:
        letter = _decoder.decode(decrypt(bytes(mail.encrypted_text), owner=_OWNER))
        EmailMessage(
            letter.subject,
            letter.text,
            settings.DEFAULT_FROM_EMAIL,
            [letter.to],
            headers={"Auto-Submitted": "auto-generated"},
        ).send()
    except InvalidTag:
        return "UNREADABLE"
    except (smtplib.SMTPException, OSError, ValueError) as error:
        logger.warning("account mail %s was not sent: %s", mail.pk, type(error).__name__)
        return type(error).__name__[:64]
    return ""


def _note(mail: AccountMail, error: str, now: datetime) -> None:
    attempts = mail.attempts + 1
    row = AccountMail.objects.filter(pk=mail.pk)
    if not error:
        row.update(sent_at=now, next_at=None, encrypted_text=b"", last_error="")
    elif attempts >= MAX_ATTEMPTS or error == "UNREADABLE":
        row.update(next_at=None, encrypted_text=b"", last_error=error)
    else:
        row.update(next_at=now + timedelta(seconds=15 << attempts), last_error=error)


def _recipient_hash(email: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), email.lower().encode(), hashlib.sha256).hexdigest()
