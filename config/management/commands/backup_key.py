"""Makes the pair of keys for backups: `manage.py backup_key FILE`. The house needs the public one alone."""

import os
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
from django.core.management.base import BaseCommand, CommandError

_LEAST = 10


class Command(BaseCommand):
    help = "Make the pair of keys that backups are encrypted with. Keep the file away from the house."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where the secret key is written; it must not exist")
        parser.add_argument("--passphrase", action="store_true", help="ask for one, and encrypt the file")

    def handle(self, *_: Any, **options: Any) -> None:
        identity = pyrage.x25519.Identity.generate()
        public = str(identity.to_public())
        content = f"# public key: {public}\n{identity}\n".encode()
        if options["passphrase"]:
            content = pyrage.passphrase.encrypt(content, _asked())
        try:
            opened = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be made: {error.strerror}") from None
        with os.fdopen(opened, "wb") as file:
            file.write(content)
        self.stdout.write(f"BALLAST_BACKUP_RECIPIENT={public}")
        self.stderr.write(
            f"The secret key is in {options['file']}. Without it no backup can be read: keep it in two "
            "places, none of them this house."
        )


def _asked() -> str:
    """From BALLAST_BACKUP_PASSPHRASE, else from the terminal, twice."""
    given = os.environ.get("BALLAST_BACKUP_PASSPHRASE", "")
    words = given or getpass("Passphrase: ")
    if len(words) < _LEAST or (not given and getpass("Again: ") != words):
        raise CommandError(f"A passphrase has at least {_LEAST} characters, twice the same.")
    return words
