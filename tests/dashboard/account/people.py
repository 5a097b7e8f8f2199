"""What tests of accounts do again and again."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from access.accounts.mails import send_due_mails
from access.second_factor import begin_enrolment, code_at, confirm_enrolment, step_at
from access.services import Origin

PASSWORD = "correct horse battery"
OTHER = "another staple entirely"
NAMES = {"username": "carol", "email": "carol@example.com", "password": PASSWORD}


def is_logged_in(browser: Client) -> bool:
    return browser.get("/account").status_code == 200


def log_in(browser: Client, name: str = "alice", password: str = PASSWORD) -> int:
    return browser.post("/login", {"username": name, "password": password}).status_code


def mails(now: datetime | None = None) -> Sequence[mail.EmailMessage]:
    """All that were sent, after those that are due have gone out."""
    send_due_mails(now or timezone.now())
    return mail.outbox


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(message.body))
    assert found is not None, message.body
    return found[1]


def with_factor(user: User, now: datetime) -> tuple[str, Sequence[str]]:
    """The secret and the recovery codes; codes of steps after the one before `now` are unspent."""
    secret = begin_enrolment(user_id=user.pk, now=now, origin=Origin()).secret
    code = code_at(secret, step_at(now) - 1)
    return secret, confirm_enrolment(user_id=user.pk, code=code, now=now, origin=Origin(user_id=user.pk))
