"""After a restore: holds the rows against chain and signer. `manage.py reconcile_restored [--go-on WHY]`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.errors import DomainError
from custody.services.position import Overtaken
from custody.services.restoring.reconciling import NothingRestored, Report, Terms, reconcile
from custody.services.spending.outside import configured_outside
from custody.services.stops import end_reconciled_stop


class Command(BaseCommand):
    help = "Find what was signed, paid and received after the backup that was restored. Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--owner",
            action="append",
            default=[],
            metavar="ADDRESS=NAME",
            help="whose a payment's address is",
        )
        parser.add_argument(
            "--by-chain",
            action="store_true",
            help="what the signer cannot say it signed is ours where the chain shows it paid what waits",
        )
        parser.add_argument(
            "--go-on", metavar="REASON", help="let withdrawals go on if nothing is unexplained"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.CUSTODY:
            raise CommandError("Custody is off: withdrawals stay stopped until it is on and this was run.")
        terms = Terms(dict(_owner(one) for one in options["owner"]), options["by_chain"])
        try:
            self._tell(reconcile(configured_outside(), terms, now=timezone.now()))
        except NothingRestored:
            if not options["go_on"]:
                self.stdout.write("Nothing waits to be reconciled.")
                return
        except (DomainError, Overtaken) as error:
            raise CommandError(f"It could not be done: {error or type(error).__name__}") from None
        if options["go_on"]:
            self._go_on(options["go_on"])

    def _tell(self, report: Report) -> None:
        self.stdout.write(
            f"{report.blocks} blocks read again, {report.signed_since} signings asked about, "
            f"{len(report.found_again)} transactions found again, {report.places} places skipped and watched."
        )
        for txid in report.found_again:
            self.stdout.write(f"  found again: {txid}")
        if report.skipped_coins:
            self.stdout.write(
                f"{report.skipped_coins} coins came to addresses that were given out after the backup: "
                "they count as the house's until people say whose they are."
            )
        for problem in report.problems:
            self.stderr.write(f"  {problem}")
        if report.problems:
            raise CommandError("Withdrawals stay stopped.")
        self.stdout.write("Nothing is unexplained: withdrawals may go on.")

    def _go_on(self, reason: str) -> None:
        try:
            end_reconciled_stop(reason=reason, now=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write("Withdrawals go on.")


def _owner(text: str) -> tuple[str, int]:
    address, equals, name = text.partition("=")
    owner = User.objects.filter(username=name).first() if equals else None
    if owner is None:
        raise CommandError(f"--owner is ADDRESS=NAME of a customer, not {text!r}.")
    return address, owner.pk
