"""Runs recorded prices of several sources through the oracle's own rules and tells what came of it."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oracle.replay.failures import ReplayError
from oracle.replay.figures import Figures
from oracle.replay.plan import load_plan
from oracle.replay.report import as_json, lines
from oracle.replay.rounds import replay
from oracle.replay.series import time_ms_of

HELP = """Replay recorded prices through the rules that live ones go through, at the recorded times.

The policy file is TOML or JSON:

  [policy]                       figures by name, as in the admin; those that are absent have their defaults
  min_sources = 3
  max_age_ms = 360000
  [formats.bars]                 how a CSV file (also .csv.xz, .csv.gz) is read
  time = "open_time"             a column's name, or its number from 1 where the file has no header
  price = "close"
  time_unit = "iso"              iso, s or ms
  bar_ms = 60000                 a bar's close is known at its end; 0: the time is the price's own
  [sources."kraken:BTC/USD"]     kind:pair; also weight, max_age_ms, min_price_e8, max_price_e8
  path = "kraken.csv"            relative to --data, else to this file; or given by --series
  format = "bars"

and before the first table, if wanted:

  as_dollars = ["USDT"]          currencies taken for dollars; others are converted by their own recorded rate
  round_ms = 60000               a round at least so often, also where nothing is recorded
  resume_after_ms = 600000       a person resumes a halt after so long; 0: nobody does
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = []  # it needs neither a server nor a secret

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--policy", type=Path, required=True, help="the policy file")
        parser.add_argument(
            "--series",
            action="append",
            default=[],
            metavar="NAME=PATH[:FORMAT]",
            help="a recorded series; again for each",
        )
        parser.add_argument("--data", type=Path, help="the folder that the policy file's paths are in")
        parser.add_argument("--start", type=_time, help="the first round, as 2023-03-10 or 2023-03-10T12:00Z")
        parser.add_argument("--end", type=_time, help="the last round, likewise")
        parser.add_argument(
            "--spells", type=int, default=20, help="tell the longest so many of each list (20)"
        )
        parser.add_argument("--json", action="store_true", help="machine-readable, and all of them")

    def handle(self, *_: Any, **options: Any) -> None:
        figures = Figures()
        try:
            plan = load_plan(options["policy"], options["series"], options["data"])
            plan = replace(plan, start_ms=options["start"], end_ms=options["end"])
            for replayed in replay(plan):
                figures.add(replayed)
        except ReplayError as error:
            raise CommandError(str(error)) from error
        figures.end(plan.end_ms)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(figures, plan.policy)))
            return
        for line in lines(figures, plan.policy, options["spells"]):
            self.stdout.write(line)


def _time(text: str) -> int:
    try:
        return time_ms_of(text, "iso")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time") from error
