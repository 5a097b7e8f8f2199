"""What the environment says of backups, as one setting; `config.backup_checks` refuses what is wrong."""

from collections.abc import Mapping
from typing import TypedDict

_KEPT = {"hourly": 48, "daily": 30, "monthly": 12}


class BackupSettings(TypedDict):
    """`to` is a URL, "" for no backups; `recipient` public keys of age; `keep` how many of each."""

    to: str
    recipient: str
    keep: dict[str, int]
    every_minutes: int
    longest_minutes: int
    s3: dict[str, str]


def backup_settings(environment: Mapping[str, str]) -> BackupSettings:
    """A number that is none becomes -1, which the checks refuse."""
    named = environment.get("BALLAST_BACKUP_KEEP", "").split(",")
    kept = {
        name.strip(): _number(count)
        for name, equals, count in (one.partition("=") for one in named)
        if equals
    }
    s3 = {
        name: environment.get(f"BALLAST_BACKUP_S3_{name.upper()}", "")
        for name in ("endpoint", "region", "key_id", "secret")
    }
    return {
        "to": environment.get("BALLAST_BACKUP_TO", ""),
        "recipient": environment.get("BALLAST_BACKUP_RECIPIENT", ""),
        "keep": _KEPT | kept,
        "every_minutes": _number(environment.get("BALLAST_BACKUP_EVERY_MINUTES") or "60"),
        "longest_minutes": _number(environment.get("BALLAST_BACKUP_LONGEST_MINUTES") or "50"),
        "s3": s3,
    }


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 6 else -1
