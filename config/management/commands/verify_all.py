"""Everything that can be verified of the database, one after another, timed: `manage.py verify_all`."""

import sys
import time
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

VERIFICATIONS = ("verify_ledger", "verify_journal", "verify_audit", "verify_invariants")


class Command(BaseCommand):
    help = "Run every verification, whatever the others say; exit code 1 if something does not hold."

    def handle(self, *_: Any, **options: Any) -> None:
        held = [self._run(name) for name in VERIFICATIONS]
        if not all(held):
            sys.exit(1)

    def _run(self, name: str) -> bool:
        said, began = StringIO(), time.monotonic()
        try:
            call_command(name, stdout=said, stderr=said)
            holds = True
        except CommandError as error:
            said.write(str(error))
            holds = False
        except SystemExit as ended:
            holds = not ended.code
        verdict = "ok" if holds else "FAILED"
        self.stdout.write(f"  {name:<20} {time.monotonic() - began:8.2f} s  {verdict}")
        if not holds:
            self.stdout.write(said.getvalue())
        return holds
