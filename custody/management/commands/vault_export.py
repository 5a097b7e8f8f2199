"""Writes what a vault's owner keeps, to recover his bitcoin with the backup and without the house."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from custody.errors import WalletNotFound
from custody.services.vault_wallets import vault_export


class Command(BaseCommand):
    help = (
        "Print a vault's export: descriptor, addresses, who holds which key, what to do. It holds no secret."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("reference", help="of the vault")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self.stdout.write(vault_export(options["reference"]), ending="")
        except WalletNotFound as error:
            raise CommandError(f"No vault's wallet is called {options['reference']!r}.") from error
