"""Tries a restore: `manage.py restore_drill --identity FILE`; where nothing is set, of a demo house."""

import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backups.configured import configured_store, is_configured
from config.backups.drill import Drill, demo_house, run_drill
from config.backups.errors import BackupError
from config.backups.keys import identities_in
from config.backups.making import Making, make_backup
from config.backups.shelf import LATEST, named_backup
from config.backups.store import store_of
from config.version import version

_DEMO_SECONDS = 600.0


class Command(BaseCommand):
    help = (
        "Restore a backup to a server that is gone afterwards, verify everything, and say how long it took."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="name", default=LATEST, help="a backup's name; the latest")
        parser.add_argument("--identity", type=Path, help="the file of the secret key")
        parser.add_argument("--unsealed", action="store_true", help="take one without this house's seal")

    def handle(self, *_: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            is_fine = self._of_the_house(options) if is_configured() else self._of_a_demo()
        except (BackupError, ValueError) as error:
            raise CommandError(str(error)) from None
        verdict = "All holds" if is_fine else "SOMETHING DOES NOT HOLD"
        self.stdout.write(f"{verdict}, {time.monotonic() - began:.1f} s.")
        if not is_fine:
            sys.exit(1)

    def _of_the_house(self, options: dict[str, Any]) -> bool:
        if options["identity"] is None:
            raise BackupError("--identity names the file of the secret key (ARGS='--identity FILE').")
        store = configured_store()
        seal_key = None if options["unsealed"] else settings.ENCRYPTION_KEY
        manifest = named_backup(store, options["name"])
        return run_drill(
            Drill(store, manifest, identities_in(options["identity"]), seal_key), self.stdout.write
        )

    def _of_a_demo(self) -> bool:
        """With a key of its own, in a folder that is gone afterwards."""
        self.stdout.write("BALLAST_BACKUP_TO is not set: a demo house is made, backed up and restored.")
        identity = pyrage.x25519.Identity.generate()
        with tempfile.TemporaryDirectory(prefix="ballast-backups-") as folder:
            store = store_of(f"file://{folder}", {})
            with demo_house(self.stdout.write) as database:
                manifest = make_backup(
                    Making(
                        database=database,
                        store=store,
                        recipients=[identity.to_public()],
                        version=version(settings.BASE_DIR),
                        seal_key=settings.ENCRYPTION_KEY,
                        longest_seconds=_DEMO_SECONDS,
                    )
                )
            self.stdout.write(f"backup made in {manifest.seconds} s")
            drill = Drill(store, manifest, [identity], settings.ENCRYPTION_KEY)
            return run_drill(drill, self.stdout.write)
