"""Checks the audit trail's chain of hashes: `manage.py verify_audit`. Exit code 1 if it is broken."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from access.selectors import audit_has, verify_audit


class Command(BaseCommand):
    help = "Compute every hash of the audit trail again; exit code 1 at the first entry that does not fit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", default="", help="an earlier head, to see that nothing was cut off")

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        verdict = verify_audit()
        if verdict.broken_at is not None:
            self.stdout.write(f"BROKEN at entry {verdict.broken_at} after {verdict.entries} good ones")
        elif head and not audit_has(head):
            self.stdout.write(f"CUT OFF: no entry has the hash {head}")
        else:
            self.stdout.write(f"ok: {verdict.entries} entries, head {verdict.head}")
            return
        sys.exit(1)
