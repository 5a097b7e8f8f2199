"""When the house makes a backup by itself: one at a time, when the latest is old enough. Each is noted."""

import logging
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from access.exclusive import alone
from config.backups.configured import configured_store, is_configured
from config.backups.database import of_settings
from config.backups.errors import BackupError, NotConfigured
from config.backups.making import Making, make_backup
from config.backups.manifest import Manifest
from config.backups.meters import note_failure
from config.backups.sealing import recipients_of
from config.backups.shelf import forget_old
from config.models import BackupRun
from config.version import version

log = logging.getLogger(__name__)

LOCK = 0x_BA_11_BA_C0  # nobody else's advisory lock
RETRY_AFTER = timedelta(minutes=5)
KEPT_ROWS = timedelta(days=90)
_SECONDS_EARLY = timedelta(seconds=90)  # so that hourly stays hourly though a backup takes its time


class AlreadyRunning(BackupError):
    """Another process makes one at this moment."""


def back_up() -> BackupRun:
    """One backup now, and what is too old goes. Raises BackupError, which is noted as well."""
    with alone(LOCK) as is_mine:
        if not is_mine:
            raise AlreadyRunning("A backup is being made at this moment.")
        began, clock = datetime.now(UTC), time.monotonic()
        try:
            manifest, removed = _made()
        except BackupError as error:
            note_failure()
            BackupRun.objects.create(began_at=began, seconds=time.monotonic() - clock, error=str(error)[:300])
            raise
        _forget_rows(began)
        return BackupRun.objects.create(
            name=manifest.name,
            began_at=began,
            seconds=time.monotonic() - clock,
            size_bytes=manifest.size,
            sha256=manifest.sha256,
            removed=removed,
        )


def back_up_if_due(now: datetime) -> bool:
    """Whether one was made. What goes wrong is noted, logged, and tried again."""
    if not is_configured() or not is_due(now):
        return False
    try:
        run = back_up()
    except AlreadyRunning:
        return False
    except BackupError as error:
        log.error("no backup was made: %s", error)  # noqa: TRY400 (the words are meant to be read)
        return False
    log.info("backup %s: %s bytes in %.1f s", run.name, run.size_bytes, run.seconds)
    return True


def is_due(now: datetime) -> bool:
    every = timedelta(minutes=settings.BACKUP["every_minutes"]) - _SECONDS_EARLY
    latest = latest_run()
    if latest is not None and latest.began_at > now - every:
        return False
    tried = BackupRun.objects.order_by("-began_at").first()
    return tried is None or not tried.error or tried.began_at <= now - RETRY_AFTER


def latest_run() -> BackupRun | None:
    """The latest that was made."""
    return BackupRun.objects.filter(error="").order_by("-began_at").first()


def _made() -> tuple[Manifest, int]:
    store = configured_store()
    try:
        recipients = recipients_of(settings.BACKUP["recipient"])
    except ValueError as error:
        raise NotConfigured(str(error)) from None
    manifest = make_backup(
        Making(
            database=of_settings(connection.settings_dict),
            store=store,
            recipients=recipients,
            version=version(settings.BASE_DIR),
            seal_key=settings.ENCRYPTION_KEY,
            longest_seconds=settings.BACKUP["longest_minutes"] * 60,
        )
    )
    try:
        removed = len(forget_old(store, settings.BACKUP["keep"], manifest.moment))
    except BackupError as error:  # the backup is there; older ones go with the next
        log.warning("old backups could not be removed: %s", error)
        removed = 0
    return manifest, removed


def _forget_rows(now: datetime) -> None:
    BackupRun.objects.filter(began_at__lt=now - KEPT_ROWS).delete()
