"""A house that is taken back to a backup of itself: the same database, the same chain, the same signer."""

from dataclasses import dataclass
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
from django.db import connection, connections

from config.backups.database import of_settings
from config.backups.making import Making, make_backup
from config.backups.manifest import Manifest
from config.backups.restoring import Restoring, restore_backup
from config.backups.store import Store, store_of

KEY = "the encryption key of a house of tests"


@dataclass(slots=True)
class Lives:
    store: Store
    identity: pyrage.x25519.Identity
    manifest: Manifest | None = None

    def remember(self) -> Manifest:
        """A backup of the house as it is now."""
        making = Making(
            database=of_settings(connection.settings_dict),
            store=self.store,
            recipients=[self.identity.to_public()],
            version="test",
            seal_key=KEY,
            longest_seconds=60,
        )
        self.manifest = make_backup(making)
        return self.manifest

    def go_back(self) -> None:
        """To the latest backup; nothing but the database is."""
        assert self.manifest is not None
        database = of_settings(connection.settings_dict)
        connections.close_all()
        restore_backup(
            Restoring(self.store, self.manifest, database, [self.identity], seal_key=KEY, replaces=True)
        )


def begin(folder: Path) -> Lives:
    return Lives(store_of(f"file://{folder}", {}), pyrage.x25519.Identity.generate())
