"""Whether this code can run on what a backup holds: it may be newer than it, never older."""

from django.db.migrations.loader import MigrationLoader

from config.backups.errors import BackupError
from config.backups.manifest import Manifest


def check_version(manifest: Manifest) -> None:
    """Raises BackupError where the backup has migrations that this code does not know."""
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {})
    unknown = [
        f"{app}.{name}" for app, name in manifest.facts["migrations"].items() if (app, name) not in known
    ]
    if unknown:
        raise BackupError(
            f"{manifest.name} is of version {manifest.version}, which is newer than this code: "
            f"it has {', '.join(sorted(unknown))}."
        )
