"""A turn of sending, in one place at a time: others would only hold more threads for the same work."""

from django.utils import timezone

from access.exclusive import alone
from access.notices.mail import MailSender
from access.notices.posting import configured_sender
from access.notices.turn import Senders, Turn, run_once

_LOCK = 0x_BA_11_40_71  # any number that no other advisory lock of the product uses


def send_due() -> Turn | None:
    """None: somebody else is at it."""
    with alone(_LOCK) as is_mine:
        if not is_mine:
            return None
        return run_once(Senders(configured_sender(), MailSender()), timezone.now)
