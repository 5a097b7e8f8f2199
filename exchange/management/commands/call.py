"""A small client: one signed request to the API as a demo user, the answer on the screen.

Values are strings unless written as JSON: `post_only:=true`, `orders:=[{"order_id":"640"}]`. A refusal ends
it with 1, and does not stand where a value was to be picked.
"""

import argparse
import http.client
import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from access.second_factor import STEP_SECONDS, code_at
from access.signing import sign_request
from exchange.demo_keys import keys_file, read_demo_keys

TIMEOUT_S = 15
_PATIENCE_S = 60
_PAUSE_S = 0.5
_BODY_BYTES = 1_000_000


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
        parser.add_argument(
            "--until",
            metavar="NAME.NAME=VALUE",
            help="ask again until this value of the answer is so, for a minute at most",
        )
        parser.add_argument("--body", metavar="FILE", help="a JSON object to send (-: from standard input)")
        parser.add_argument("--key", help="the Idempotency-Key of a transfer; made up where it is needed")
        parser.add_argument("method")
        parser.add_argument("path")
        parser.add_argument("fields", nargs="*", metavar="name=value")

    def handle(self, *_: Any, **options: Any) -> None:
        method, path = options["method"].upper(), options["path"]
        if options["until"] and method != "GET":
            raise CommandError("--until asks again and again: it is for GET")
        login = _login(options["user"], for_withdrawals=options["code"] or options["withdraw"])
        fields = [*options["fields"], *([f"code={login.code}"] if _sends_code(options, method) else [])]
        body = _body(options["body"], fields)
        headers = {"content-type": "application/json"} if body else {}
        if method == "POST":
            headers["idempotency-key"] = options["key"] or secrets.token_hex(8)

        def ask() -> _Answer:
            signed = _signature(login, method, path, body) if login.key else {}
            return _request(options["url"], method, path, body, headers | signed)

        self._tell(_awaited(ask, options["until"]) if options["until"] else ask(), options["pick"])

    def _tell(self, answer: "_Answer", pick: str | None) -> None:
        refused = answer.status >= 400
        text = _picked(answer.body, pick) if pick and not refused else _pretty(answer.body)
        (self.stderr if pick and refused else self.stdout).write(text)
        if refused:
            sys.exit(1)


class _Answer(NamedTuple):
    status: int
    body: bytes


def _awaited(ask: Callable[[], _Answer], until: str) -> _Answer:
    """The first answer in which it is so, or a refusal."""
    name, _, value = until.partition("=")
    end = time.monotonic() + _PATIENCE_S
    while True:
        answer = ask()
        if answer.status >= 400 or _picked(answer.body, name) == value:
            return answer
        if time.monotonic() > end:
            raise CommandError(f"{until} was not so within {_PATIENCE_S} s:\n{_pretty(answer.body)}")
        time.sleep(_PAUSE_S)


def _sends_code(options: dict[str, Any], method: str) -> bool:
    """What is taken back needs no code."""
    return bool(options["code"]) and method != "DELETE"


def _body(file: str | None, fields: Sequence[str]) -> bytes:
    """What is in the file, and the fields beside it."""
    values = {} if file is None else _object_in(file)
    for text in fields:
        name, separator, value = text.partition("=")
        if not separator:
            raise CommandError(f"{text!r} is not name=value")
        if name.endswith(":"):
            values[name[:-1]] = _json(value, text)
        else:
            values[name] = value
    return json.dumps(values).encode() if values else b""


def _object_in(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read(_BODY_BYTES) if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
    values = _json(text, file)
    if not isinstance(values, dict):
        raise CommandError(f"{file} is no JSON object")
    return values


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(f"{where} is no JSON: {error}") from error


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


def _request(url: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> _Answer:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return _Answer(response.status, response.read())
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
    """The value at `vault.id`, or `vaults.0.id`; the whole answer where it has none."""
    try:
        value = json.loads(answer)
        for part in name.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (ValueError, LookupError, TypeError):
        return _pretty(answer)
    return value if isinstance(value, str) else json.dumps(value)
