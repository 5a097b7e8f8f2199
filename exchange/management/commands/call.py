"""A small client: one signed request to the API as a demo user, the answer on the screen.

Values are strings unless written as JSON: `post_only:=true`, `orders:=[{"order_id":"640"}]`.
"""

import argparse
import http.client
import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from access.second_factor import STEP_SECONDS, code_at
from access.signing import sign_request
from exchange.demo_keys import keys_file, read_demo_keys

TIMEOUT_S = 15


class Command(BaseCommand):
    help = "Call the API as a demo user: call --as alice POST /api/v1/orders market=BTC-USDB side=BUY ..."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--as", dest="user", help="a demo user; without it the request is not signed")
        parser.add_argument("--url", default=f"http://127.0.0.1:{settings.PORT}")
        parser.add_argument(
            "--code",
            action="store_true",
            help="with the user's key for withdrawals, and a fresh one-time code in the field `code`",
        )
        parser.add_argument("--withdraw", action="store_true", help="with the user's key for withdrawals")
        parser.add_argument("--pick", metavar="NAME.NAME", help="show this value of the answer alone")
        parser.add_argument("--key", help="the Idempotency-Key of a transfer; made up where it is needed")
        parser.add_argument("method")
        parser.add_argument("path")
        parser.add_argument("fields", nargs="*", metavar="name=value")

    def handle(self, *_: Any, **options: Any) -> None:
        method, path = options["method"].upper(), options["path"]
        login = _login(options["user"], for_withdrawals=options["code"] or options["withdraw"])
        fields = [*options["fields"], *([f"code={login.code}"] if _sends_code(options, method) else [])]
        body = _body(fields) if fields else b""
        headers = {"content-type": "application/json"} if body else {}
        if method == "POST":
            headers["idempotency-key"] = options["key"] or secrets.token_hex(8)
        if login.key:
            headers |= _signature(login, method, path, body)
        status, answer = _request(options["url"], method, path, body, headers)
        self.stdout.write(_picked(answer, options["pick"]) if options["pick"] else _pretty(answer))
        if status >= 400:
            sys.exit(1)


def _sends_code(options: dict[str, Any], method: str) -> bool:
    """What is taken back needs no code."""
    return bool(options["code"]) and method != "DELETE"


def _body(fields: list[str]) -> bytes:
    values: dict[str, Any] = {}
    for text in fields:
        name, separator, value = text.partition("=")
        if not separator:
            raise CommandError(f"{text!r} is not name=value")
        if name.endswith(":"):
            values[name[:-1]] = json.loads(value)
        else:
            values[name] = value
    return json.dumps(values).encode()


class _Login(NamedTuple):
    key: str = ""
    secret: str = ""
    code: str = ""


def _login(user: str | None, *, for_withdrawals: bool) -> _Login:
    """Whose key signs; nobody's where nobody is named."""
    if user is None:
        return _Login()
    path = keys_file(Path(settings.STATE_DIR))
    known = read_demo_keys(path).get(user)
    if known is None:
        raise CommandError(f"{path} has no key of {user!r}: is the demo running?")
    if not for_withdrawals:
        return _Login(known.key, known.secret)
    if not known.totp_secret:
        raise CommandError(f"{user} has no second factor: the demo has it once its bitcoin chain runs")
    step = time.time_ns() // (STEP_SECONDS * 10**9)
    return _Login(known.withdraw_key, known.withdraw_secret, code_at(known.totp_secret, step))


def _signature(login: _Login, method: str, path: str, body: bytes) -> dict[str, str]:
    return sign_request(
        key=login.key,
        secret=login.secret,
        method=method,
        target=path,
        body=body,
        timestamp_ms=time.time_ns() // 1_000_000,
        nonce=secrets.token_hex(8),
    )


def _request(url: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    except OSError as error:
        raise CommandError(f"{url} does not answer: {error}") from error
    finally:
        connection.close()


def _pretty(answer: bytes) -> str:
    try:
        return json.dumps(json.loads(answer), indent=2)
    except ValueError:
        return answer.decode(errors="replace")


def _picked(answer: bytes, name: str) -> str:
    """The value at `vault.id`, or `vaults.0.id`; the whole answer where it has none, as a refusal."""
    try:
        value = json.loads(answer)
        for part in name.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (ValueError, LookupError, TypeError):
        return _pretty(answer)
    return value if isinstance(value, str) else json.dumps(value)
