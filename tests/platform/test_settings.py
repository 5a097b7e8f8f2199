"""Settings that keep a deployment safe, as a process of the table sees them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from config.checks import check_debug_is_local, check_limits, check_metrics_token, check_secret_key
from config.running import tell_others

# The settings alone: a connection needs none of the apps, which are what a process takes long to start with.
SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "application_name")
    cursor.execute("SELECT current_setting(n) FROM unnest(%s::text[]) AS n", [list(names)])
    print(*(row[0] for row in cursor.fetchall()))
"""


def run(script: str, **environment: str) -> str:
    """What the script prints; an empty variable is an unset one."""
    wanted = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in wanted.items() if value},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_only_the_web_process_is_cut_short_in_the_database() -> None:
    assert run(SHOW, BALLAST_PROCESS="web") == "2s 5s ballast web"
    assert run(SHOW, BALLAST_PROCESS="engine") == "0 0 ballast engine"


GIVEN = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT name FROM pg_settings WHERE source = 'client' AND name LIKE 'tcp%' ORDER BY name")
    print(*(row[0] for row in cursor.fetchall()))
"""


@pytest.mark.parametrize("process", ["web", "worker", "prices"])
def test_the_database_looks_after_whether_a_process_is_still_there(process: str) -> None:
    """Over a socket of its own machine it takes the settings and has no need of them."""
    keepalives = "tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval"
    assert run(GIVEN, BALLAST_PROCESS=process) == f"{keepalives} tcp_user_timeout"


def test_a_running_demo_is_forgotten_where_a_database_is_named(tmp_path: Path) -> None:
    tell_others(tmp_path, {"DATABASE_URL": "postgresql:///demo", "BALLAST_DEMO": "1", "SECRET_KEY": "demo"})
    names = "s.DATABASES['default']['NAME'], s.DEMO, s.SECRET_KEY"
    show = f"from django.conf import settings as s; print({names})"
    folder = str(tmp_path)
    assert run(show, BALLAST_STATE_DIR=folder, DATABASE_URL="", SECRET_KEY="mine") == "demo True mine"
    named = run(show, BALLAST_STATE_DIR=folder, DATABASE_URL="postgresql:///real", SECRET_KEY="mine")
    assert named == "real False mine"


def test_cookies_are_secure_behind_https() -> None:
    names = "SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_PROXY_SSL_HEADER"
    show = f"from django.conf import settings as s; print(s.{names})"
    assert run(show, BALLAST_HTTPS="1") == "True True True ('HTTP_X_FORWARDED_PROTO', 'https')"
    assert run(show, BALLAST_HTTPS="0") == "False False False None"


def test_an_unset_secret_key_is_refused_with_the_way_out(settings: Settings) -> None:
    settings.SECRET_KEY = settings.UNSAFE_SECRET_KEY
    (error,) = check_secret_key(None)
    assert error.id == "ballast.E001"
    assert error.hint is not None
    assert "secrets.token_urlsafe" in error.hint


def test_a_short_secret_key_is_refused(settings: Settings) -> None:
    settings.SECRET_KEY = "x" * 31
    assert [error.id for error in check_secret_key(None)] == ["ballast.E001"]
    settings.SECRET_KEY = "x" * 32
    assert check_secret_key(None) == []


@pytest.mark.parametrize("name", ["DEBUG", "DEMO"])
def test_a_laptop_needs_no_secret_key(settings: Settings, name: str) -> None:
    settings.SECRET_KEY = settings.UNSAFE_SECRET_KEY
    setattr(settings, name, True)
    assert check_secret_key(None) == []


def test_debug_on_a_public_host_is_refused(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]
    assert check_debug_is_local(None) == []
    settings.ALLOWED_HOSTS = ["exchange.example.org"]
    assert [error.id for error in check_debug_is_local(None)] == ["ballast.E002"]


def test_a_token_for_metrics_that_could_be_guessed_is_refused(settings: Settings) -> None:
    settings.METRICS_TOKEN = "x" * 31
    assert [error.id for error in check_metrics_token(None)] == ["ballast.E003"]
    for harmless in ("x" * 32, ""):
        settings.METRICS_TOKEN = harmless
        assert check_metrics_token(None) == []


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("SHARDS", 0, "BALLAST_SHARDS"),
        ("SHARDS", 65, "BALLAST_SHARDS"),
        ("WEB_THREADS", 0, "BALLAST_WEB_THREADS"),
        ("TRUSTED_PROXY_HOPS", -1, "BALLAST_TRUSTED_PROXY_HOPS"),
        ("RATE_LIMITS", {"key": (1, 1), "ip": (0, 5)}, "BALLAST_RATE_IP"),
        ("RATE_LIMITS", {"key": (200,)}, "BALLAST_RATE_KEY"),
        ("WEBSOCKET_LIMITS", {"total": 5, "user": 0}, "BALLAST_SOCKETS_USER"),
        ("BINANCE_LIMITS", {"weight": 0, "orders_10s": 1, "orders_1d": 1}, "BALLAST_BINANCE_LIMITS"),
        (
            "BINANCE_LIMITS",
            {"weight": 1, "orders_10s": 1, "orders_1d": 1, "orders": 1},
            "BALLAST_BINANCE_LIMITS",
        ),
    ],
)
def test_a_limit_that_cannot_be_is_refused_by_its_name(
    settings: Settings, name: str, value: object, variable: str
) -> None:
    assert check_limits(None) == []
    setattr(settings, name, value)
    (error,) = check_limits(None)
    assert error.id == "ballast.E004"
    assert error.msg.startswith(variable)


def test_every_setting_of_the_environment_is_explained_to_operators() -> None:
    source = (settings.BASE_DIR / "config" / "settings.py").read_text()
    explained = (settings.BASE_DIR / "docs" / "operating.md").read_text()
    names = set(re.findall(r'(?:_env\.get|environ\.get|_flag)\("([A-Z_]+)"', source))
    assert len(names) > 10
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []
