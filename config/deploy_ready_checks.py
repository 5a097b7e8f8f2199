"""System checks that the release step of production asks before it touches anything: `check --deploy`.

Those of the database look for what a demo leaves. None shows a value of a setting.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, connection

from config.deploy_checks import is_production

_SHORTEST_SECRET = 32
_GOOD_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
_PLAY_MONEY = "SELECT EXISTS (SELECT FROM ledger_account WHERE purpose = 'DEMO_ISSUE' AND balance_atoms <> 0)"
_DEMO_KEYS = (
    "SELECT EXISTS (SELECT FROM access_apikey WHERE revoked_at IS NULL AND label = ANY(%s) AND user_id IN"
    " (SELECT id FROM auth_user WHERE username = ANY(%s) AND email LIKE '%%@example.org'))"
)
_LABELS, _PEOPLE = ["demo", "demo withdrawals"], ["alice", "bob", "maker", "taker"]


def check_encryption_key(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Whoever changes the secret of sessions must not make every API key and second factor unusable."""
    if not is_production():
        return []
    if settings.ENCRYPTION_KEY == settings.SECRET_KEY:
        problem = "BALLAST_ENCRYPTION_KEY is not set, or is the same as SECRET_KEY."
    elif len(settings.ENCRYPTION_KEY) < _SHORTEST_SECRET:
        problem = f"BALLAST_ENCRYPTION_KEY is shorter than {_SHORTEST_SECRET} characters."
    else:
        return []
    hint = f"Set it to the output of: {_GOOD_ONE}  On a house that has run without, to its SECRET_KEY of"
    hint += " then, and SECRET_KEY to a new one."
    return [Error(problem, hint=hint, id="ballast.E045")]


def check_https(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    if not is_production():
        return []
    found: list[CheckMessage] = []
    if not settings.HTTPS:
        problem = "BALLAST_HTTPS is off: logins would cross the network for everybody to read."
        hint = "Let a proxy in front end TLS and set X-Forwarded-Proto itself, then set BALLAST_HTTPS=1."
        found.append(Error(problem, hint=hint, id="ballast.E046"))
    elif not settings.TRUSTED_PROXY_HOPS:
        problem = "BALLAST_HTTPS says that a proxy is in front, and BALLAST_TRUSTED_PROXY_HOPS is 0."
        hint = "Set it to the number of your proxies; else all customers share the limits of one address."
        found.append(Warning(problem, hint=hint, id="ballast.W040"))
    return found


def check_names(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Links in mails, cookies and passkeys of browsers belong to a name, which nobody else may choose."""
    if not is_production():
        return []
    found: list[CheckMessage] = []
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
        problem = "BALLAST_SITE_URL does not say where customers find the house."
        hint = "Set it as https://exchange.example.com, without a path: links in mails lead there."
        found.append(Error(problem, hint=hint, id="ballast.E047"))
    if "*" in settings.ALLOWED_HOSTS:
        problem = "ALLOWED_HOSTS lets in every name, so a stranger's could be made to lead here."
        hint = "Unset it: the host of BALLAST_SITE_URL is allowed anyway."
        found.append(Error(problem, hint=hint, id="ballast.E048"))
    return found


def check_nothing_of_a_demo(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Play money cannot be told from money once it has been traded, and a demo's keys are in its log."""
    if not is_production() or not databases:
        return []
    hint = "Begin with an empty database, or set BALLAST_DEMO=1. Play money never becomes money."
    found: list[CheckMessage] = []
    if _is_so("ledger_account", _PLAY_MONEY):
        found.append(Error("This database has play money in it.", hint=hint, id="ballast.E049"))
    if _is_so("access_apikey", _DEMO_KEYS, _LABELS, _PEOPLE):
        found.append(Error("This database has API keys of demo users.", hint=hint, id="ballast.E049"))
    return found


def _is_so(table: str, statement: str, *parameters: list[str]) -> bool:
    """Not where the table is not there yet. A database that does not answer the migrations tell of."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if not cursor.fetchone()[0]:
                return False
            cursor.execute(statement, parameters)
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


READY_CHECKS = (check_encryption_key, check_https, check_names, check_nothing_of_a_demo)
