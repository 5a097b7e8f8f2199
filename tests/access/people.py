"""Alice and Bob, who hold keys, and how they speak to the front door."""

import base64
import itertools
import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.models import User

from access.http import Scope
from access.services import Origin, create_api_key
from access.signing import KeyKind, sign_request

EVERYTHING = (Scope.READ, Scope.TRADE)
ORDER = {"symbol": "BTC-USDB", "side": "BUY", "price": "42000.5", "amount": "0.1"}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """A user with one key."""

    user: User
    key_id: int
    key: str
    secret: str | Ed25519PrivateKey

    def headers(self, method: str, target: str, body: bytes = b"", **changes: Any) -> dict[str, str]:
        """The headers of a signed request, now and with a new nonce unless `changes` says otherwise."""
        stamp = {"timestamp_ms": now_ms(), "nonce": secrets.token_hex(8), **changes}
        return sign_request(
            key=self.key, secret=self.secret, method=method, target=target, body=body, **stamp
        )

    def send(
        self,
        client: httpx.Client,
        method: str,
        target: str,
        value: object = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        **changes: Any,
    ) -> httpx.Response:
        """Send `value` as JSON, or the bytes `body`, signed."""
        if body is None:
            body = b"" if value is None else json.dumps(value).encode()
        media_type = {"Content-Type": "application/json"} if body else {}
        signed = self.headers(method, target, body, **changes)
        return client.request(method, target, content=body, headers=signed | media_type | (headers or {}))


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def new_user(name: str) -> User:
    return User.objects.create_user(f"{name}-{next(_numbers)}-{secrets.token_hex(4)}")


def person(
    name: str,
    *,
    kind: KeyKind = KeyKind.HMAC,
    scopes: Iterable[Scope] = EVERYTHING,
    user: User | None = None,
    **options: Any,
) -> Person:
    private = Ed25519PrivateKey.generate()
    user = user or new_user(name)
    new = create_api_key(
        user_id=user.pk,
        label=name,
        kind=kind,
        scopes=scopes,
        public_key=public_text(private) if kind is KeyKind.ED25519 else "",
        origin=Origin(),
        **options,
    )
    return Person(user, new.key.pk, new.key.public_id, new.secret or private)


def public_text(private: Ed25519PrivateKey) -> str:
    return base64.b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code; asserts on the way that the answer is the one envelope and hides nothing else."""
    assert response.headers["content-type"] == "application/json", response.text
    assert response.headers["cache-control"] == "no-store"
    error = response.json()["error"]
    assert {"code", "message", "field", "request_id"} <= error.keys()
    assert error["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return response.status_code, error["code"]
