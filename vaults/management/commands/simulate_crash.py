"""Plays a recorded crash against synthetic vaults and tells what would have been liquidatable when."""

import json
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from oracle.replay.failures import ReplayError
from vaults.selectors_figures import figures_in_force
from vaults.simulation.crash import play
from vaults.simulation.recording import BLACK_THURSDAY, plan_of_minutes, plan_of_policy
from vaults.simulation.report import as_json, lines

MOST_VAULTS = 1_000_000
MOST_SEED = 2**32


class Command(BaseCommand):
    help = (
        "Recorded prices go through the oracle's rules, and each round through the code that scans live"
        " vaults, by the figures in force. The vaults are made up, in temporary tables; nothing of the house"
        " is changed, and nobody is told."
    )
    requires_system_checks = []  # it needs no secret

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--vaults", type=_count(MOST_VAULTS), default=10_000, help="how many (10,000)")
        parser.add_argument(
            "--prices",
            type=Path,
            default=BLACK_THURSDAY,
            help="a CSV of minutes (of 12 March 2020)",
        )
        parser.add_argument("--policy", type=Path, help="in its place: a policy file of replay_prices")
        parser.add_argument("--seed", type=_count(MOST_SEED), default=1, help="another one: other vaults (1)")
        parser.add_argument(
            "--speed",
            type=_count(1_000_000),
            default=0,
            help="times as fast as it was (0: at once)",
        )
        parser.add_argument("--json", action="store_true", help="machine-readable")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            policy = options["policy"]
            plan = plan_of_policy(policy) if policy else plan_of_minutes(options["prices"])
            crash = play(
                plan,
                count=options["vaults"],
                seed=options["seed"],
                figures=figures_in_force(),
                speed=options["speed"],
                sleep=time.sleep,
            )
        except ReplayError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(crash)))
            return
        for line in lines(crash):
            self.stdout.write(line)


def _count(most: int) -> Any:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
            raise ArgumentTypeError(f"{text!r} is no whole number up to {most:,}")
        return int(text)

    return read
