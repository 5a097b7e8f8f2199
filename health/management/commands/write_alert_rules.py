"""`manage.py write_alert_rules`: the list of alerts as rules of Prometheus, into `deploy/prometheus/`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from health.alerting.prometheus_rules import PATH, rules_text
from health.alerting.registry import grouped


class Command(BaseCommand):
    help = "Write deploy/prometheus/alerts.yml anew from the list of alerts."

    def handle(self, *_: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PATH
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rules_text(grouped()))
        self.stdout.write(f"{PATH}: {len(grouped())} alerts")
