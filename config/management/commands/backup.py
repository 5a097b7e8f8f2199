"""Makes a backup now, or says which there are: `manage.py backup [--list]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backups.configured import configured_store
from config.backups.errors import BackupError
from config.backups.running import back_up
from config.backups.shelf import good_backups


class Command(BaseCommand):
    help = "Make an encrypted backup of the database now, where BALLAST_BACKUP_TO says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="say which backups are there, and make none")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            if options["list"]:
                for one in good_backups(configured_store()):
                    self.stdout.write(f"{one.name}  {one.size:>14,} bytes  of {one.at}")
                return
            run = back_up()
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{run.name}: {run.size_bytes:,} bytes in {run.seconds:.1f} s, read back and compared; "
            f"{run.removed} older ones removed."
        )
