"""Proves that the tables say what the journal says."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.connections import engine_connection
from exchange.models import Shard
from exchange.verification import verify_journal


class Command(BaseCommand):
    help = "Replay the journal through a fresh engine and compare it with the live tables."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--shard", type=int, help="this shard only")
        parser.add_argument("--json", action="store_true", help="machine-readable")

    def handle(self, *_: Any, **options: Any) -> None:
        numbers = list(Shard.objects.order_by("number").values_list("number", flat=True))
        if options["shard"] is not None:
            numbers = [number for number in numbers if number == options["shard"]]
            if not numbers:
                raise CommandError(f"There is no shard {options['shard']}.")
        failed = False
        for number in numbers:
            with engine_connection() as connection:
                report = verify_journal(connection, number)
            failed = failed or bool(report.problems)
            if options["json"]:
                self.stdout.write(json.dumps({"shard": number, **asdict(report)}))
                continue
            self.stdout.write(
                f"shard {number}: {report.entries} commands, {report.trades} trades, "
                f"digest {report.replayed_digest[:16]} by replay, {report.live_digest[:16]} in the tables"
            )
            for problem in report.problems:
                self.stdout.write(f"  {problem}")
        if failed:
            raise CommandError("The journal and the tables differ.")
        self.stdout.write("The journal and the tables agree.")
