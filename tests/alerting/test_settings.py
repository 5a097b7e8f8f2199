"""What the settings of alerts may be, and a test that an operator sends; neither shows a secret."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.alert_checks import check_alerts
from config.alert_settings import alert_emails, alert_secrets
from tests.access.notices.receivers import Receiver, status
from tests.access.notices.test_mails import Sink
from tests.alerting.conftest import NO_SECRETS, PAGERDUTY_KEY, Told


def found(settings: Settings, **secrets: str) -> list[CheckMessage]:
    settings.ALERT_SECRETS = {**NO_SECRETS, **secrets}
    return check_alerts(None)


def test_the_environment_says_who_is_told() -> None:
    environment = {
        "BALLAST_ALERT_EMAILS": " olga@example.com, ,otto@example.com ",
        "BALLAST_ALERT_SLACK_URL": " https://hooks.slack.com/services/x ",
        "BALLAST_ALERT_PAGERDUTY_KEY": PAGERDUTY_KEY,
    }
    assert alert_emails(environment) == ["olga@example.com", "otto@example.com"]
    secrets = alert_secrets(environment)
    assert secrets["slack_url"] == "https://hooks.slack.com/services/x"
    assert (secrets["pagerduty_key"], secrets["discord_url"]) == (PAGERDUTY_KEY, "")
    assert set(secrets) == set(NO_SECRETS)


def test_what_is_right_is_let_pass(settings: Settings) -> None:
    settings.DEMO, settings.DEBUG, settings.EMAIL_HOST = False, False, "mail.example.com"
    settings.ALERT_EMAILS = ["olga@example.com"]
    secrets = {
        "slack_url": "https://hooks.slack.com/services/T0/B0/x",
        "discord_url": "http://127.0.0.1:8080/hook",  # a relay on this machine
        "pagerduty_key": PAGERDUTY_KEY,
        "pagerduty_url": "https://events.eu.pagerduty.com/v2/enqueue",
        "heartbeat_url": "https://hc-ping.com/x",
    }
    assert found(settings, **secrets) == []
    settings.ALERT_EMAILS = []
    assert found(settings) == []


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("slack_url", "hooks.slack.com/secret", "E060"),
        ("slack_url", "ftp://hooks.slack.com/secret", "E060"),
        ("slack_url", "https://:443/secret", "E060"),
        ("slack_url", "https://[::1/secret", "E060"),
        ("discord_url", "https://discord.com:99999/secret", "E060"),
        ("discord_url", "http://discord.com/secret", "E061"),
        ("heartbeat_url", "http://hc-ping.com/secret", "E061"),
        ("pagerduty_url", "http://events.pagerduty.com/secret", "E061"),
        ("pagerduty_key", "secret", "E062"),
        ("pagerduty_key", "s3cret".ljust(31, "-") + "x", "E062"),
    ],
)
def test_what_is_wrong_is_refused_and_not_shown(
    settings: Settings, name: str, value: str, number: str
) -> None:
    settings.ALERT_EMAILS = []
    (error,) = found(settings, **{name: value})
    assert error.id == f"ballast.{number}"
    assert f"BALLAST_ALERT_{name.upper()}" in error.msg
    assert "secret" not in error.msg.removesuffix("and the secret in it, could be read on their way.")
    assert value not in f"{error.msg} {error.hint}"


def test_addresses_are_addresses_and_there_is_a_server_for_them(settings: Settings) -> None:
    settings.DEMO, settings.DEBUG, settings.EMAIL_HOST = False, False, ""
    settings.ALERT_EMAILS = ["olga@example.com"]
    assert [one.id for one in found(settings)] == ["ballast.E064"]
    settings.DEMO = True
    assert found(settings) == []
    settings.ALERT_EMAILS = ["olga", "x@example.com\nBcc: y@example.com", *["z@example.com"] * 20]
    assert [one.id for one in found(settings)] == ["ballast.E063"] * 3


def test_an_operator_sends_a_test_to_everybody(told: Told, slack: Receiver, mails: Sink) -> None:
    out = StringIO()
    call_command("send_test_alert", stdout=out)
    assert sorted(out.getvalue().splitlines()) == ["email: taken", "slack: taken"]
    assert b"This is a test by an operator" in slack.heard[0].body
    assert b"[TEST]" in mails.letters[0]


def test_a_test_that_is_not_taken_says_so_without_the_secret(told: Told, slack: Receiver) -> None:
    slack.answer = status(403)
    out = StringIO()
    with pytest.raises(CommandError, match="not everybody took it"):
        call_command("send_test_alert", stdout=out)
    assert out.getvalue() == "slack: HTTP 403\n"


def test_a_test_goes_to_one_channel_or_says_that_there_is_none(
    told: Told, slack: Receiver, discord: Receiver
) -> None:
    call_command("send_test_alert", channel="discord", stdout=StringIO())
    assert (len(slack.heard), len(discord.heard)) == (0, 1)
    with pytest.raises(CommandError, match="nobody is told"):
        call_command("send_test_alert", channel="pigeon", stdout=StringIO())


def test_mails_without_a_server_are_kept_like_all_others(
    told: Told, settings: Settings, tmp_path: Path
) -> None:
    settings.ALERT_EMAILS = ["olga@example.com"]
    settings.EMAIL_BACKEND, settings.EMAIL_FOLDER = "access.mail_folder.FolderBackend", tmp_path
    out = StringIO()
    call_command("send_test_alert", stdout=out)
    assert out.getvalue() == "email: taken\n"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.long
def test_a_page_of_errors_does_not_show_who_is_told() -> None:
    """Django hides settings by their names."""
    code = (
        "import django; django.setup()\n"
        "from django.views.debug import SafeExceptionReporterFilter as Filter\n"
        "print(Filter().get_safe_settings()['ALERT_SECRETS'])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "/usr/bin:/bin", "DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "********************"
