"""`manage.py send_test_alert`: one message by each channel, now, and what became of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from health.alerting.channels.configured import channels, house_name
from health.alerting.messages import Item
from health.alerting.registry import runbook_url
from health.alerting.sending import send_at_once

NAME = "TestAlert"


class Command(BaseCommand):
    help = "Send a test to everybody who is told of alerts. Exit code 1 where somebody did not take it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--channel", help="only this one: email, slack, discord or pagerduty")

    def handle(self, *_: Any, channel: str | None = None, **options: Any) -> None:
        chosen = [one for one in channels() if channel in (None, one.name)]
        if not chosen:
            raise CommandError(
                "nobody is told: set BALLAST_ALERT_EMAILS, _SLACK_URL, _DISCORD_URL or another"
            )
        outcomes = send_at_once(chosen, house_name(), [_test()])
        for name, outcome in outcomes.items():
            self.stdout.write(f"{name}: {outcome.error or 'taken'}")
        if any(outcome.error for outcome in outcomes.values()):
            raise CommandError("not everybody took it")


def _test() -> Item:
    return Item(
        kind="TEST",
        name=NAME,
        severity="page",
        summary="This is a test by an operator. Nothing is wrong.",
        stake="nothing",
        runbook=runbook_url(NAME),
        key=f"test-{timezone.now():%Y%m%d%H%M%S}",
        labels=(),
        began_at=timezone.now(),
    )
