"""Says where the house pays bitcoin of its own into the hot wallet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from custody.errors import CustodyUnavailable
from custody.services.wallets import refill_address


class Command(BaseCommand):
    help = "Print the hot wallet's address for the house's own coins. What comes to it is nobody's deposit."

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self.stdout.write(refill_address().address)
        except CustodyUnavailable as error:
            raise CommandError("The hot signer has not said its key yet: run it, and the watcher.") from error
