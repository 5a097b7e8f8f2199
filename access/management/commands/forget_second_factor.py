"""Removes the second factor of somebody who has lost it: `manage.py forget_second_factor NAME --reason ..`.

For a house whose only operator has lost his: where there are two, they do it in the admin.
"""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from access.errors import DomainError
from access.operators import forget_second_factor
from access.services import Origin

MAX_REASON = 300


class Command(BaseCommand):
    help = "Remove somebody's second factor and recovery codes. He, and of an operator all others, are told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--reason", required=True, help="stands in the audit trail for ever")

    def handle(self, *, name: str, reason: str, **options: Any) -> None:
        why = reason.strip()
        if not why or len(why) > MAX_REASON:
            raise CommandError(f"Give a reason of at most {MAX_REASON} characters.")
        user = User.objects.filter(username=name.strip()).first()
        if user is None:
            raise CommandError(f"There is nobody called {name}.")
        origin = Origin(user_agent="manage.py forget_second_factor")
        try:
            forget_second_factor(user_id=user.pk, origin=origin, reason=why)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{user.username} has no second factor: an operator sets another one up at the next login, and a "
            "customer's withdrawals are held."
        )
