"""Takes a snapshot of what is owed to customers now, beside those of each hour."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from vaults.reserves.snapshots import take_snapshot


class Command(BaseCommand):
    help = "Count what is owed to customers now, and publish the root."

    def handle(self, *_: Any, **options: Any) -> None:
        taken = take_snapshot(timezone.now())
        self.stdout.write(f"snapshot {taken.pk}: {taken.customers} customers, root {taken.root}")
