"""Brings a backup into an empty database: `manage.py restore --from latest --identity FILE [--to URL]`."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from config.backups.configured import configured_store
from config.backups.database import Database, of_settings, of_url
from config.backups.errors import BackupError
from config.backups.keys import identities_in
from config.backups.restoring import Restoring, restore_backup
from config.backups.shelf import LATEST, named_backup
from config.backups.store import store_of
from config.backups.versions import check_version

_NEXT = """Restored in {seconds:.1f} s. Before customers come back:
  1. manage.py reconcile_restored, until it says that nothing is unexplained: it needs chain and signer alone
  2. start the house; whoever was logged in logs in again
  3. let withdrawals go on (Withdrawal stops, or reconcile_restored --go-on REASON)
docs/backup.md says what the rows do not know of the time after {at}."""


class Command(BaseCommand):
    help = "Restore a backup into an empty database. Withdrawals are stopped in it until it is reconciled."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="name", default=LATEST, help="a backup's name; the latest")
        parser.add_argument("--store", help="file:///folder or s3://bucket/prefix; BALLAST_BACKUP_TO")
        parser.add_argument("--to", default="", help="the database's URL, or - to read it; DATABASE_URL")
        parser.add_argument("--identity", type=Path, required=True, help="the file of the secret key")
        parser.add_argument("--replace", metavar="NAME", help="the database's name: all that is in it goes")
        parser.add_argument("--unsealed", action="store_true", help="take one without this house's seal")

    def handle(self, *_: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            restoring = _restoring(options)
            check_version(restoring.manifest)
            self.stdout.write(f"Restoring {restoring.manifest.name} into {restoring.database!r} ..")
            restore_backup(restoring)
        except (BackupError, ValueError) as error:
            raise CommandError(str(error)) from None
        _migrate(restoring.database)
        seconds = time.monotonic() - began
        self.stdout.write(_NEXT.format(seconds=seconds, at=restoring.manifest.at))


def _restoring(options: dict[str, Any]) -> Restoring:
    store = store_of(options["store"], settings.BACKUP["s3"]) if options["store"] else configured_store()
    database = _target(options["to"])
    replaces = options["replace"] is not None
    if replaces and options["replace"] != database.name:
        raise BackupError(f"The database is called {database.name}: that is what --replace has to say.")
    return Restoring(
        store=store,
        manifest=named_backup(store, options["name"]),
        database=database,
        identities=identities_in(options["identity"]),
        seal_key=None if options["unsealed"] else settings.ENCRYPTION_KEY,
        replaces=replaces,
    )


def _target(url: str) -> Database:
    if url:
        return of_url(sys.stdin.readline().strip() if url == "-" else url)
    connections.close_all()
    return of_settings(connection.settings_dict)


def _migrate(database: Database) -> None:
    """Where the code is newer than the backup. A child, as these settings may name another database."""
    words = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    environment = {**os.environ, "DATABASE_URL": database.url}
    if subprocess.run(words, cwd=settings.BASE_DIR, env=environment, check=False).returncode:
        raise CommandError("The rows are there, and could not be migrated: run manage.py migrate.")
