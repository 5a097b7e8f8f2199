"""Makes somebody an operator: `manage.py operator NAME`. The first one of a house comes to be by it.

Never takes a password as an argument: those stand in histories and lists of processes.
"""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from access.accounts.names import check_password_strength, read_email, read_username
from access.errors import DomainError
from access.operators import make_operator
from access.second_factor import second_factor_state
from access.services import Origin
from config.operators import seed_operators

TRIES = 3


class Command(BaseCommand):
    help = (
        "Make a person, or one that exists, an operator. Asks for a password, or prints a link by which one "
        "is set (--link, and where nobody can be asked). The first login sets up a second factor."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--email", default="", help="of a new person, for mails to operators")
        parser.add_argument("--superuser", action="store_true", help="may do everything")
        parser.add_argument("--customer", action="store_true", help="promote the customer of that name")
        parser.add_argument("--link", action="store_true", help="print a link, ask for no password")

    def handle(
        self, *, name: str, email: str, superuser: bool, customer: bool, link: bool, **options: Any
    ) -> None:
        known = _known(name)
        if known is not None and not (known.is_staff or customer):
            raise CommandError(_is_a_customer(known))
        try:
            username = known.username if known else read_username(name)
            address = read_email(email) if email else ""
            has_password = known is not None and known.has_usable_password()
            by_link = link or (not has_password and not sys.stdin.isatty())
            password = "" if by_link or has_password else self._ask(username, address)
        except DomainError as error:
            raise CommandError(error.message) from error
        with transaction.atomic():
            user = make_operator(
                username=username,
                email=address,
                password=password,
                group=seed_operators(),
                is_superuser=superuser,
                origin=Origin(user_agent="manage.py operator"),
            )
        self._say(user, by_link=by_link)

    def _ask(self, username: str, email: str) -> str:
        for _ in range(TRIES):
            password = getpass(f"Password of {username}: ")
            try:
                check_password_strength(password, username=username, email=email)
            except DomainError as error:
                self.stderr.write(error.message)
                continue
            if password == getpass("Once more: "):
                return password
            self.stderr.write("These are two passwords.")
        raise CommandError("Nobody was made an operator.")

    def _say(self, user: User, *, by_link: bool) -> None:
        site = settings.SITE_URL or f"http://127.0.0.1:{settings.PORT}"
        self.stdout.write(f"{user.username} is an operator{' and superuser' if user.is_superuser else ''}.")
        if by_link:
            number = urlsafe_base64_encode(force_bytes(user.pk))
            link = f"{site}/password/reset/{number}/{default_token_generator.make_token(user)}"
            self.stdout.write(f"Set a password within an hour, at this link that works once:\n{link}")
        has_factor = second_factor_state(user_id=user.pk, now=timezone.now()).since is not None
        then = "asks for a code" if has_factor else "sets up the second factor"
        self.stdout.write(f"Log in at {site}/admin/ ; the login {then}.")


def _is_a_customer(user: User) -> str:
    """Anybody may have signed up by the name of a colleague, with a password of his own."""
    return (
        f"{user.username} is a customer since {user.date_joined:%Y-%m-%d}, number {user.pk}, with "
        f"{user.email or 'no mail address'}. Where that is the same person, say --customer; else take "
        "another name."
    )


def _known(name: str) -> User | None:
    """In whatever case, as at the login: two that differ by case could both not log in."""
    found = list(User.objects.filter(username__iexact=name.strip())[:2])
    exact = [user for user in found if user.username == name.strip()]
    return next(iter(exact or found), None)
