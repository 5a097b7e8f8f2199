"""What house and co-signer prove to each other with every message: that they know the secret, and when.

A request's seal covers method, target, time, nonce and body; an answer's the request's seal, status and body.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

TIME_HEADER = "x-ballast-time"
NONCE_HEADER = "x-ballast-nonce"
SEAL_HEADER = "x-ballast-seal"
WINDOW_SECONDS = 30
MIN_SECRET = 32
_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers of a sealed request."""

    seconds: int
    nonce: str
    seal: str

    def headers(self) -> dict[str, str]:
        return {TIME_HEADER: str(self.seconds), NONCE_HEADER: self.nonce, SEAL_HEADER: self.seal}


def sealed(secret: str, method: str, target: str, body: bytes, now: int) -> Envelope:
    nonce = secrets.token_hex(_NONCE_BYTES)
    return Envelope(now, nonce, request_seal(secret, method, target, now, nonce, body))


def read_envelope(headers: Mapping[str, str]) -> Envelope | None:
    """None where one is missing or of another form."""
    seconds, nonce = headers.get(TIME_HEADER, ""), headers.get(NONCE_HEADER, "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        return None
    if len(nonce) != 2 * _NONCE_BYTES or set(nonce) - set("0123456789abcdef"):
        return None
    return Envelope(int(seconds), nonce, headers.get(SEAL_HEADER, ""))


def is_fresh(envelope: Envelope, now: int) -> bool:
    return abs(now - envelope.seconds) <= WINDOW_SECONDS


def is_sealed(secret: str, envelope: Envelope, method: str, target: str, body: bytes) -> bool:
    expected = request_seal(secret, method, target, envelope.seconds, envelope.nonce, body)
    return hmac.compare_digest(expected.encode(), envelope.seal.encode())


def request_seal(secret: str, method: str, target: str, seconds: int, nonce: str, body: bytes) -> str:
    return _mac(secret, f"request\n{method}\n{target}\n{seconds}\n{nonce}\n".encode() + body)


def answer_seal(secret: str, request: str, status: int, body: bytes) -> str:
    return _mac(secret, f"answer\n{request}\n{status}\n".encode() + body)


def is_answer_sealed(secret: str, request: str, status: int, body: bytes, seal: str) -> bool:
    return hmac.compare_digest(answer_seal(secret, request, status, body).encode(), seal.encode())


def _mac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
