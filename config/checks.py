"""System checks: an unsafe deployment is refused with the way out, before it serves anybody."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

_SHORTEST_SECRET = 32


def check_secret_key(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    if settings.DEBUG or settings.DEMO:
        return []
    if settings.SECRET_KEY == settings.UNSAFE_SECRET_KEY:
        problem = "SECRET_KEY is not set, so sessions could be forged and stored secrets read."
    elif len(settings.SECRET_KEY) < _SHORTEST_SECRET:
        problem = f"SECRET_KEY is shorter than {_SHORTEST_SECRET} characters."
    else:
        return []
    hint = (
        'Set it to the output of: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        "  On a laptop `make up` keeps one for you, or set DEBUG=1."
    )
    return [Error(problem, hint=hint, id="ballast.E001")]


def check_debug_is_local(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """DEBUG shows source and settings to whoever provokes an error."""
    local = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if not settings.DEBUG or set(settings.ALLOWED_HOSTS) <= local:
        return []
    hint = "Unset DEBUG, or leave ALLOWED_HOSTS at its default."
    return [Error("DEBUG is on while ALLOWED_HOSTS names a public host.", hint=hint, id="ballast.E002")]
