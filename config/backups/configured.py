"""Where the settings say that backups go."""

from django.conf import settings

from config.backups.errors import NotConfigured
from config.backups.store import Store, store_of


def is_configured() -> bool:
    return bool(settings.BACKUP["to"])


def configured_store() -> Store:
    """Raises NotConfigured, BackupError."""
    if not is_configured():
        raise NotConfigured("BALLAST_BACKUP_TO is not set.")
    try:
        return store_of(settings.BACKUP["to"], settings.BACKUP["s3"])
    except ValueError as error:
        raise NotConfigured(str(error)) from None
