"""Alerts by e-mail: one plain text to all addresses, by the server of the house's other mails."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from health.alerting.channels.shape import Outcome
from health.alerting.messages import Item, compose, text_of


@dataclass(frozen=True, slots=True)
class MailChannel:
    addresses: tuple[str, ...]
    name: str = "email"
    pages_alone: bool = False

    def send(self, house: str, items: Sequence[Item]) -> Outcome:
        message = compose(house, items)
        mail = EmailMessage(
            subject=f"[Ballast] {message.title}",
            body=text_of(message),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=list(self.addresses),
            headers={"Message-ID": make_msgid("alert", _domain()), "Auto-Submitted": "auto-generated"},
        )
        try:
            with get_connection(timeout=settings.EMAIL_TIMEOUT) as connection:
                connection.send_messages([mail])
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return _failure(error)
        return Outcome(len(items))


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"


def _failure(error: Exception) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Outcome(0, f"SMTP {codes[0]}", is_permanent=all(500 <= code < 600 for code in codes))
    if isinstance(error, smtplib.SMTPResponseException):
        return Outcome(0, f"SMTP {error.smtp_code}")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Outcome(0, "INVALID_ADDRESS", is_permanent=True)
    return Outcome(0, "TIMEOUT" if isinstance(error, TimeoutError) else "NOT_CONNECTED")
