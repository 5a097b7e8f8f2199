"""The secret key that a restore is given: from a file, with its passphrase where it has one."""

import os
from getpass import getpass
from pathlib import Path

from config.backups.errors import BackupError
from config.backups.sealing import AGE_HEADER, Identities, identities_of


def identities_in(file: Path) -> Identities:
    """The passphrase comes from BALLAST_BACKUP_PASSPHRASE, else from the terminal. Raises BackupError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BackupError(f"The key file cannot be read: {error.strerror}") from None
    passphrase = os.environ.get("BALLAST_BACKUP_PASSPHRASE", "")
    if content.startswith(AGE_HEADER) and not passphrase:
        passphrase = getpass("Passphrase of the key file: ")
    return identities_of(content, passphrase)
