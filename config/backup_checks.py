"""System checks of backups: that there are some, and that they are set up as they should be."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from config.backups.configured import is_configured
from config.backups.errors import BackupError
from config.backups.sealing import recipients_of
from config.backups.store import store_of

_HINT = "docs/backup.md says how."
_SPANS = ("hourly", "daily", "monthly")


def check_backups(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    if not is_configured():
        if settings.DEBUG or settings.DEMO:
            return []
        problem = "BALLAST_BACKUP_TO is not set: what is in the database is in one place."
        return [Warning(problem, hint=_HINT, id="ballast.W050")]
    found: list[CheckMessage] = []
    try:
        recipients_of(settings.BACKUP["recipient"])
    except ValueError:
        problem = "BALLAST_BACKUP_RECIPIENT is no public key of age: backups would not be made."
        hint = "`manage.py backup_key FILE` makes a pair; keep the file elsewhere."
        found.append(Error(problem, hint=hint, id="ballast.E050"))
    try:
        store_of(settings.BACKUP["to"], settings.BACKUP["s3"])
    except ValueError as error:
        found.append(Error(str(error), hint=_HINT, id="ballast.E051"))
    except BackupError as error:
        found.append(Warning(str(error), hint=_HINT, id="ballast.W051"))
    return [*found, *_figures()]


def _figures() -> list[CheckMessage]:
    keep = settings.BACKUP["keep"]
    wrong = [] if set(keep) == set(_SPANS) and min(keep.values()) >= 0 else ["BALLAST_BACKUP_KEEP"]
    if not 1 <= settings.BACKUP["every_minutes"] <= 1440:
        wrong.append("BALLAST_BACKUP_EVERY_MINUTES")
    if not 1 <= settings.BACKUP["longest_minutes"] <= 1440:
        wrong.append("BALLAST_BACKUP_LONGEST_MINUTES")
    return [Error(f"{name} is out of range.", hint=_HINT, id="ballast.E052") for name in wrong]
