"""What the house notes of its own running: each backup that was made or was not."""

from django.db import models


class BackupRun(models.Model):
    """One try. `error` is "" where the backup was written, read back and told; then it has a name."""

    name = models.CharField(max_length=100, blank=True)
    began_at = models.DateTimeField(db_index=True)
    seconds = models.FloatField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    removed = models.PositiveIntegerField(default=0)  # older ones that went afterwards
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name or f"failed at {self.began_at:%Y-%m-%d %H:%M}"
