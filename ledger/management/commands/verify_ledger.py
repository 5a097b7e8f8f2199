"""Checks every identity of the ledger: `manage.py verify_ledger [--json]`. Exit code 1 on a violation."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from ledger.selectors import Finding, findings


class Command(BaseCommand):
    help = "Check the identities of the ledger and list the first offenders; exit code 1 if one is violated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings()
        self.stdout.write(_as_json(found) if options["json"] else _as_table(found))
        if any(finding.violations for finding in found):
            sys.exit(1)


def _as_json(found: Sequence[Finding]) -> str:
    ok = not any(finding.violations for finding in found)
    return json.dumps({"ok": ok, "checks": [asdict(finding) for finding in found]}, default=str)


def _as_table(found: Sequence[Finding]) -> str:
    width = max(len(finding.name) for finding in found)
    return "\n".join(line for finding in found for line in _lines(finding, width))


def _lines(finding: Finding, width: int) -> list[str]:
    verdict = f"VIOLATED {finding.violations}" if finding.violations else "ok"
    offenders = [
        "    " + ", ".join(f"{name} {value}" for name, value in offender.items())
        for offender in finding.offenders
    ]
    return [f"{finding.name:<{width}}  {verdict:<12}  {finding.meaning}", *offenders]
