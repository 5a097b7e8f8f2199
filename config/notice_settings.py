"""System checks of how notices are sent."""

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
        problem = "BALLAST_EMAIL_HOST is not set: mails to customers are written to the log."
        hint = "Set it, with BALLAST_EMAIL_PORT, _USER, _PASSWORD and _FROM: docs/notices.md."
        found.append(Warning(problem, hint=hint, id="ballast.W005"))
    return found
