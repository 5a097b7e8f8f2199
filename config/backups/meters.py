"""What is counted of backups; how old the latest is, its size and time are figures of the check."""

from prometheus_client import Counter

FAILURES = Counter("ballast_backup_failures", "Backups that were begun and not made.")


def note_failure() -> None:
    FAILURES.inc()
