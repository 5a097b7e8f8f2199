"""A notifier with real receivers on this machine, and a way to say what it reads."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import pytest
from pytest_django import Settings

from health.alerting.channels.configured import channels, house_name
from health.alerting.conditions import Compare
from health.alerting.notifier import note
from health.alerting.registry import Alert, page, warn
from health.alerting.samples import read_page
from health.alerting.sending import send_due
from health.alerting.vectors import Gauge, select
from tests.access.notices.receivers import Answer, Receiver, receiver
from tests.access.notices.test_mails import Sink, sink
from tests.alerting.scenes import START

NO_SECRETS = dict.fromkeys(
    ("slack_url", "discord_url", "pagerduty_url", "heartbeat_url", "pagerduty_key"), ""
)
PAGERDUTY_KEY = "0123456789abcdef0123456789abcdef"


def _of(name: str) -> Compare:
    return Compare(Gauge(select(name), by=("part",)), ">", 0)


BURNS = page("Burns", _of("fire"), summary="{part} burns.", stake="The {part}.".replace("{part}", "whole"))
SMOKES = warn("Smokes", _of("smoke"), for_s=60, summary="{part} smokes.", stake="It may burn.")


@dataclass
class Told:
    """The notifier at a time of the test's own."""

    alerts: tuple[Alert, ...] = (BURNS, SMOKES)
    now: datetime = START

    def turn(self, page_text: str, *, after_s: int = 15) -> int:
        """How many messages were taken."""
        self.now += timedelta(seconds=after_s)
        note(self.alerts, read_page(page_text, {select("fire"), select("smoke")}), self.now)
        return send_due(channels(), house_name(), self.now)


@pytest.fixture
def told(settings: Settings, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Told:
    settings.ALERT_EMAILS, settings.ALERT_SECRETS = [], dict(NO_SECRETS)
    settings.SITE_URL = "https://ballast.example.com"
    settings.ALERTS = ["tests.alerting.conftest.ALERTS"]
    return Told()


ALERTS = (BURNS, SMOKES)
Opens = Callable[..., Receiver]


@pytest.fixture
def opens() -> Iterator[Opens]:
    with ExitStack() as stack:
        yield lambda answer=None: stack.enter_context(receiver(answer, tls=False))


@pytest.fixture
def slack(told: Told, settings: Settings, opens: Opens) -> Receiver:
    found = opens()
    settings.ALERT_SECRETS["slack_url"] = f"http://127.0.0.1:{found.port}/services/T0/B0/secret"
    return found


@pytest.fixture
def discord(told: Told, settings: Settings, opens: Opens) -> Receiver:
    found = opens()
    settings.ALERT_SECRETS["discord_url"] = f"http://127.0.0.1:{found.port}/api/webhooks/1/secret"
    return found


@pytest.fixture
def pagerduty(told: Told, settings: Settings, opens: Opens) -> Receiver:
    found = opens()
    settings.ALERT_SECRETS["pagerduty_url"] = f"http://127.0.0.1:{found.port}/v2/enqueue"
    settings.ALERT_SECRETS["pagerduty_key"] = PAGERDUTY_KEY
    return found


@pytest.fixture
def mails(told: Told, settings: Settings) -> Iterator[Sink]:
    with sink() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found.port, False
        settings.EMAIL_TIMEOUT = 2
        settings.ALERT_EMAILS = ["olga@example.com", "otto@example.com"]
        yield found


def bodies(found: Receiver) -> list[dict[str, object]]:
    return [msgspec.json.decode(one.body) for one in found.heard]


__all__ = ["Answer"]
