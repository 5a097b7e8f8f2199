"""System checks of who is told of alerts. None shows a value: they are secrets."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from config.alert_settings import URLS

MAX_EMAILS = 20
_LOCAL = ("localhost", "127.0.0.1", "::1")


def check_alerts(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    wrong = [_wrong_url(name) for name in URLS] + [_wrong_key(), *_wrong_emails()]
    hint = "docs/operating.md, Alerts, says what each of the settings may be."
    return [Error(problem, hint=hint, id=f"ballast.{number}") for number, problem in wrong if problem]


def _wrong_url(name: str) -> tuple[str, str]:
    url, setting = settings.ALERT_SECRETS[name], f"BALLAST_ALERT_{name.upper()}"
    if not url:
        return "", ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "E060", f"{setting} is no URL."
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return "E060", f"{setting} is no URL of HTTP."
    if parts.scheme == "http" and host not in _LOCAL:
        return "E061", f"{setting} has no TLS: alerts, and the secret in it, could be read on their way."
    return "", ""


def _wrong_key() -> tuple[str, str]:
    key = settings.ALERT_SECRETS["pagerduty_key"]
    if key and not (len(key) == 32 and key.isascii() and key.isalnum()):
        return "E062", "BALLAST_ALERT_PAGERDUTY_KEY is no integration key of Events API v2: 32 characters."
    return "", ""


def _wrong_emails() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for address in settings.ALERT_EMAILS:
        try:
            validate_email(address)
        except ValidationError:
            found.append(("E063", "BALLAST_ALERT_EMAILS has something that is no address."))
    if len(settings.ALERT_EMAILS) > MAX_EMAILS:
        found.append(("E063", f"BALLAST_ALERT_EMAILS has more than {MAX_EMAILS} addresses."))
    if settings.ALERT_EMAILS and not (settings.EMAIL_HOST or settings.DEBUG or settings.DEMO):
        found.append(("E064", "BALLAST_ALERT_EMAILS is set and BALLAST_EMAIL_HOST is not: no alert arrives."))
    return found
