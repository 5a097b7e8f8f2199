"""Reads blocks of the chain again, beside a watcher that runs or not."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from custody.chains.registry import NoSource, configured_source
from custody.chains.source import ChainFailure
from custody.services.position import Overtaken
from custody.services.watching.rescan import rescan


class Command(BaseCommand):
    help = "Read the blocks again from a height on. Nothing is credited twice, whatever is read."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--from", dest="height", type=int, required=True, help="the first block's height")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            source = configured_source()
        except NoSource as error:
            raise CommandError(str(error)) from error
        try:
            count = rescan(source, options["height"], lambda height: self.stdout.write(f"read to {height}"))
        except (ChainFailure, Overtaken) as error:
            raise CommandError(f"it ended early: {error}; run it again") from error
        finally:
            source.close()
        self.stdout.write(f"{count} blocks read; a running watcher takes it from there")
