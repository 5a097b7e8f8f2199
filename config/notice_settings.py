"""System checks of how notices and mails are sent."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning


def check_notices(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """What may be sent into the house's own network would reach whatever trusts that network."""
    if settings.DEBUG or settings.DEMO:
        return []
    found: list[CheckMessage] = []
    if settings.WEBHOOKS_LOCAL:
        problem = "BALLAST_WEBHOOKS_LOCAL lets customers have requests sent into the house's own network."
        found.append(Error(problem, hint="Unset it.", id="ballast.E020"))
    if not settings.EMAIL_HOST:
        problem = "BALLAST_EMAIL_HOST is not set: mails to customers lie in a folder of the worker's."
        hint = "Set it, with BALLAST_EMAIL_PORT, _USER, _PASSWORD and _FROM: docs/notices.md."
        found.append(Warning(problem, hint=hint, id="ballast.W005"))
    return found


def check_links(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """A link that sets a password would lead to whatever host a stranger names in his request."""
    is_open = any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS)
    if settings.SITE_URL or not is_open or settings.DEBUG or settings.DEMO:
        return []
    problem = (
        "ALLOWED_HOSTS lets in hosts that are not named, and BALLAST_SITE_URL does not say where links lead."
    )
    hint = "Set BALLAST_SITE_URL, as https://ballast.example.com, or name the hosts."
    return [Error(problem, hint=hint, id="ballast.E021")]
