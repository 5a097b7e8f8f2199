"""Checks all that must always be true: `manage.py verify_invariants [--recent] [NAME ...]`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from health.invariants import Outcome, verify
from health.registry import Extent, invariants


class Command(BaseCommand):
    help = "Check every invariant over everything there is, keep the results; exit code 1 on a violation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="only these; default: all")
        parser.add_argument("--recent", action="store_true", help="only what can have changed lately")

    def handle(self, *_: Any, names: list[str], recent: bool, **options: Any) -> None:
        unknown = set(names) - {invariant.name for invariant in invariants()}
        if unknown:
            raise CommandError(f"there is no invariant {', '.join(sorted(unknown))}")
        outcomes = verify(Extent.RECENT if recent else Extent.WHOLE, only=names)
        if not outcomes:
            raise CommandError("another run is under way")
        width = max(len(outcome.invariant.name) for outcome in outcomes)
        for outcome in outcomes:
            self._tell(outcome, width)
        if any(outcome.violations.count or outcome.error for outcome in outcomes):
            sys.exit(1)

    def _tell(self, outcome: Outcome, width: int) -> None:
        invariant, violations = outcome.invariant, outcome.violations
        verdict = f"VIOLATED {violations.count}" if violations.count else "ok"
        self.stdout.write(f"{invariant.name:<{width}}  {outcome.error or verdict:<12}  {invariant.about}")
        for offender in violations.offenders:
            self.stdout.write("    " + ", ".join(f"{name} {value}" for name, value in offender.items()))
