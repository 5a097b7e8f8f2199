"""One notice as a mail: plain text, to the address of its user."""

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from access.models import NoticeDelivery
from access.notices.kinds import title_of
from access.notices.outcomes import DELIVERED, Outcome, failed

_FOOT = "This is notice {number} of your account. You choose what comes by mail in your settings."


@dataclass(frozen=True, slots=True)
class MailSender:
    """By the configured server. Any number of threads may send."""

    def send(self, delivery: NoticeDelivery) -> Outcome:
        """The address is the one of the moment at which it was claimed."""
        notice = delivery.notice
        if not notice.user.email:
            return failed("NO_ADDRESS", is_permanent=True)
        mail = EmailMessage(
            subject=f"[Ballast] {title_of(notice.kind)}",
            body=f"{notice.text}\n\n--\n{_FOOT.format(number=notice.pk)}\n",
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[notice.user.email],
            headers={"Message-ID": f"<notice-{notice.pk}@{_domain()}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            with get_connection() as connection:
                connection.send_messages([mail])
        except (smtplib.SMTPException, OSError) as error:
            return _failure(error)
        except ValueError:  # no address, or what no header may hold
            return failed("INVALID_ADDRESS", is_permanent=True)
        return DELIVERED


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"


def _failure(error: Exception) -> Outcome:
    """Only what the server says of this very address for good is permanent: all else may be our own fault."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return failed(f"SMTP {codes[0]}", is_permanent=all(500 <= code < 600 for code in codes))
    if isinstance(error, smtplib.SMTPResponseException):
        return failed(f"SMTP {error.smtp_code}")
    return failed("TIMEOUT" if isinstance(error, TimeoutError) else "NOT_CONNECTED")
