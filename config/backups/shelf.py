"""The backups that are there and can be believed to be whole, and which of them go."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from config.backups import manifest as manifests
from config.backups.errors import BackupError
from config.backups.keeping import kept
from config.backups.manifest import DUMP, MANIFEST, Manifest
from config.backups.sealing import Measured
from config.backups.store import Store

LATEST = "latest"
_HALF = timedelta(days=1)  # a dump without its manifest is one that is being written, or was cut off


def good_backups(store: Store) -> list[Manifest]:
    """Newest first: each has a manifest that can be read and a dump of the size it says."""
    sizes = {one.name: one.size for one in store.all()}
    found = []
    for name in sorted(sizes, reverse=True):
        bare = name.removesuffix(MANIFEST)
        if not name.endswith(MANIFEST) or not manifests.is_name(bare):
            continue
        try:
            manifest = manifests.read(store.read_small(name), bare)
        except BackupError:
            continue
        if sizes.get(manifest.dump) == manifest.size:
            found.append(manifest)
    return sorted(found, key=lambda one: one.at, reverse=True)


def named_backup(store: Store, name: str) -> Manifest:
    """Raises BackupError."""
    found = good_backups(store)
    wanted = [one for one in found if name in (LATEST, one.name)]
    if not wanted:
        raise BackupError(f"There is no backup {name!r} that is whole; there are {len(found)} others.")
    return wanted[0]


def check_whole(store: Store, manifest: Manifest) -> None:
    """Read it back and compare. Raises BackupError."""
    measured = Measured(store.read(manifest.dump))
    for _ in measured:
        pass
    if (measured.size, measured.sha256) != (manifest.size, manifest.sha256):
        raise BackupError(
            f"{manifest.name} is not what was written: {measured.size} of {manifest.size} bytes."
        )


def forget_old(store: Store, keep: Mapping[str, int], now: datetime) -> list[str]:
    """The names of those that went. What is half goes after a day; the newest good one never does."""
    good = good_backups(store)
    stay = kept([one.moment for one in good], keep)
    gone = [one for one in good if one.moment not in stay]
    for one in gone:
        store.delete(f"{one.name}{MANIFEST}")  # first: from now on it does not count
        store.delete(one.dump)
    whole = {one.name for one in good}
    for file in store.all():
        bare = file.name.removesuffix(DUMP).removesuffix(MANIFEST)
        begun = manifests.time_in(file.name)
        if bare not in whole and manifests.is_name(bare) and begun is not None and begun < now - _HALF:
            store.delete(file.name)
    store.forget_leftovers(now)
    return [one.name for one in gone]
