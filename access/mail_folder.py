"""Mails where no mail server is: each a file in the state folder, for its owner only. Their links and codes
would otherwise stand in the log.
"""

import logging
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)

MAX_KEPT = 200
_numbers = count()


class FolderBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{time.time_ns()}-{os.getpid()}-{next(_numbers)}.txt"
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(_text(message))
            logger.info("no mail server is set: a mail lies in %s", path)
        _drop_oldest(folder)
        return len(email_messages)


def _text(message: EmailMessage) -> str:
    """As a person reads it: what goes over the wire breaks links in two."""
    head = f"From: {message.from_email}\nTo: {', '.join(message.recipients())}\nSubject: {message.subject}\n"
    return f"{head}\n{message.body}\n"


def _drop_oldest(folder: Path) -> None:
    for path in sorted(folder.glob("*.txt"))[:-MAX_KEPT]:
        with suppress(FileNotFoundError):  # another process was first
            path.unlink()
