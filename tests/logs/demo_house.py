"""A whole demo house whose processes log JSON at DEBUG, and its people's clients: every secret that they use,
or that the house keeps, is written down here.
"""

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from access.second_factor import code_at, step_at
from access.signing import sign_request
from config.running import running_environment
from exchange.demo_keys import DemoKey, keys_file, read_demo_keys
from tests.platform.person import environment, read_screen, up
from tests.platform.processes import free_port, state_folder
from tests.support.waiting import wait_for

SECONDS = 120.0


@dataclass
class Secrets:
    """By what they are; a code of six digits only counts where it stands alone."""

    kept: dict[str, set[str]] = field(default_factory=dict)

    def note(self, name: str, value: str) -> str:
        assert len(value) >= 6, name
        self.kept.setdefault(name, set()).add(value)
        return value

    def found_in(self, text: str) -> list[str]:
        return sorted(
            name for name, values in self.kept.items() if any(_stands_in(one, text) for one in values)
        )


def _stands_in(secret: str, text: str) -> bool:
    if secret not in text:
        return False
    return len(secret) > 6 or re.search(rf"(?<![\w.]){re.escape(secret)}(?![\w.])", text) is not None


@dataclass
class DemoHouse:
    folder: Path
    url: str
    lines: tuple[str, ...]
    known: Secrets

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def key(self) -> DemoKey:
        return read_demo_keys(keys_file(self.folder))["alice"]

    def rpc(self, method: str, *params: object) -> Any:
        """A call of the development chain."""
        parts = urlsplit(running_environment(self.folder)["BALLAST_CHAIN"].removeprefix("core+"))
        asked = {"id": 1, "method": method, "params": params}
        user = (parts.username or "", parts.password or "")
        return httpx.post(f"http://{parts.hostname}:{parts.port}", json=asked, auth=user).json()["result"]

    def mail(self, about: str) -> str:
        """The link in the newest mail that has one with this."""

        def look() -> str | None:
            texts = [path.read_text() for path in sorted(self.folder.glob("mails/*.txt"), reverse=True)]
            return next((found[0] for text in texts if (found := re.search(rf"/{about}\S+", text))), None)

        return wait_for(f"a mail with {about}", look, SECONDS)

    def code(self, secret: str, *, later: int = 0) -> str:
        return self.known.note("code", code_at(secret, step_at(timezone.now()) + later))


@contextmanager
def demo_house() -> Iterator[DemoHouse]:
    told = {"LOG_LEVEL": "DEBUG", "BALLAST_LOG_FORMAT": "json", "BALLAST_LOG_REQUESTS": "1"}
    told |= {"BALLAST_DEV_CHAIN_BLOCK_SECONDS": "1", "BALLAST_RATE_IP": "1000:10000"}
    told["BALLAST_WEBHOOKS_LOCAL"] = "1"
    with state_folder() as folder, up(folder, port := free_port(), **told) as running:
        pids = read_screen(running)
        lines = tuple(name for name in pids if name not in ("postgres", "valkey"))
        house = DemoHouse(folder, f"http://127.0.0.1:{port}", lines, Secrets())
        wait_for("bitcoin for the demo's people", lambda: _has_bitcoin(house), SECONDS)
        _note_what_the_house_keeps(house)
        yield house


def _has_bitcoin(house: DemoHouse) -> bool:
    """The chain or a signer may come up later than the demo is seeded."""
    if house.key.withdraw_key:
        return True
    env = environment(house.folder)
    subprocess.run(
        [sys.executable, "manage.py", "seed_demo"],
        cwd=settings.BASE_DIR,
        env=env,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return bool(house.key.withdraw_key)


def _note_what_the_house_keeps(house: DemoHouse) -> None:
    note = house.known.note
    for path in house.folder.glob("*.seed"):
        note("seed", path.read_text().strip())
    note("secret key", (house.folder / "secret_key").read_text().strip())
    for name, value in running_environment(house.folder).items():
        if name.endswith(("SECRET", "PASSWORD", "TOKEN", "SECRET_KEY")):
            note(name, value)
        if "://" in value and (password := urlsplit(value).password):
            note(f"the password of {name}", password)
    for key in read_demo_keys(keys_file(house.folder)).values():
        for value in (key.secret, key.withdraw_secret, key.totp_secret):
            if value:
                note("a demo user's secret", value)


@dataclass
class Visitor:
    """Somebody with a browser."""

    house: DemoHouse
    client: httpx.Client

    def submit(self, path: str, *, is_refused: bool = False, **form: str) -> httpx.Response:
        """Fill the form of a page in."""
        page = self.client.get(path).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None, page
        self.house.known.note("token of a form", token[1])
        answer = self.client.post(path, data={**form, "csrfmiddlewaretoken": token[1]})
        self._note_cookies()
        assert (answer.status_code >= 400) is is_refused, answer.text
        return answer

    def call(self, method: str, path: str, **body: object) -> Any:
        """The API by the login, as the pages' scripts do."""
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"]}
        answer = self.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def _note_cookies(self) -> None:
        for cookie in self.client.cookies.jar:
            if cookie.value and len(cookie.value) >= 6:
                self.house.known.note(f"cookie {cookie.name}", cookie.value)


@dataclass
class Signer:
    """A program with a key: an HMAC secret, or a private key of Ed25519."""

    house: DemoHouse
    client: httpx.Client
    key: str
    secret: str | Ed25519PrivateKey

    def ask(self, method: str, path: str, value: object = None) -> Any:
        answer = self.send(method, path, value)
        assert answer.is_success, answer.text
        return answer.json()

    def send(self, method: str, path: str, value: object = None) -> httpx.Response:
        body = b"" if value is None else json.dumps(value).encode()
        signed = self.signed(method, path, body)
        headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)}
        return self.client.request(method, path, content=body, headers=signed | headers)

    def signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        now_ms = int(timezone.now().timestamp() * 1000)
        found = sign_request(
            key=self.key,
            secret=self.secret,
            method=method,
            target=path,
            body=body,
            timestamp_ms=now_ms,
            nonce=secrets.token_hex(8),
        )
        self.house.known.note("signature", found["X-SIGNATURE"])
        return found
