"""How a request proves who sends it: by an API key's signature, or by a login.

The signature is over time, nonce, method, target and the digest of the body.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

Secret = str | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`secret` is the text that an HMAC key was shown with, or the private key of an Ed25519 key."""

    key: str
    secret: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """A browser's session. `csrf_token` is the value of its `csrftoken` cookie."""

    session: str = field(repr=False)
    csrf_token: str = field(default="", repr=False)


def private_key(pem: bytes, password: bytes | None = None) -> Ed25519PrivateKey:
    """The Ed25519 key of a PEM file."""
    key = load_pem_private_key(pem, password)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("This is not an Ed25519 key.")
    return key


def fresh_id() -> str:
    """A nonce, an Idempotency-Key or a client order id that nobody has used."""
    return secrets.token_hex(16)


def payload(*, timestamp_ms: int, nonce: str, method: str, target: str, body: bytes = b"") -> bytes:
    """What is signed. `target` is the path with its query, as sent."""
    digest = hashlib.sha256(body).hexdigest()
    return f"{timestamp_ms}\n{nonce}\n{method}\n{target}\n{digest}".encode("latin-1")


def signature(secret: Secret, message: bytes) -> str:
    if isinstance(secret, str):
        return hmac.digest(secret.encode("ascii"), message, "sha256").hex()
    return base64.b64encode(secret.sign(message)).decode("ascii")


def signed_headers(
    key: ApiKey,
    *,
    method: str,
    target: str,
    body: bytes = b"",
    timestamp_ms: int,
    nonce: str,
    window_ms: int | None = None,
) -> dict[str, str]:
    message = payload(timestamp_ms=timestamp_ms, nonce=nonce, method=method, target=target, body=body)
    headers = {
        "X-API-KEY": key.key,
        "X-TIMESTAMP": str(timestamp_ms),
        "X-NONCE": nonce,
        "X-SIGNATURE": signature(key.secret, message),
    }
    if window_ms is not None:
        headers["X-RECV-WINDOW"] = str(window_ms)
    return headers
