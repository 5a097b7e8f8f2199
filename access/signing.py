"""Signatures of API requests: what is signed, how it is checked, and how a client makes one. Pure.

The signed payload is these bytes, five parts with one line feed (0x0A) between them and none at the end:

    X-TIMESTAMP              as sent, milliseconds since 1970
    X-NONCE                  as sent
    METHOD                   in capitals
    path and query           as in the request line: "/api/v1/orders" or "/api/v1/orders?symbol=BTC-USDB"
    SHA-256 of the body      lower-case hexadecimal; of zero bytes when there is no body

An HMAC key signs with HMAC-SHA256 under its secret (the ASCII bytes of the text it was shown as) and sends
lower-case hexadecimal. An Ed25519 key signs the payload itself and sends standard base64. The key decides
which, never the client.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from access.key_errors import (
    InvalidPublicKey,
    InvalidSignature,
    NonceReused,
    RecvWindow,
    TimestampOutsideWindow,
)

DEFAULT_RECV_WINDOW_MS = 5_000
MAX_RECV_WINDOW_MS = 60_000
CLOCK_AHEAD_MS = 1_000
KEY_HEADER = "x-api-key"
TIMESTAMP_HEADER = "x-timestamp"
WINDOW_HEADER = "x-recv-window"
NONCE_HEADER = "x-nonce"
SIGNATURE_HEADER = "x-signature"

_NONCE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_WINDOW = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_HMAC_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


class KeyKind(StrEnum):
    HMAC = "HMAC"
    ED25519 = "ED25519"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a request was signed, for how long it is good, and what makes it unique."""

    timestamp: str
    nonce: str
    window_ms: int


def read_stamp(timestamp: str, window: str, nonce: str, now_ms: int) -> Stamp:
    """The stamp of a request that arrives at `now_ms`. An absent `window` is "" and means the default."""
    if window and _WINDOW.fullmatch(window) is None:
        raise RecvWindow(field="X-RECV-WINDOW")
    window_ms = int(window) if window else DEFAULT_RECV_WINDOW_MS
    if window_ms > MAX_RECV_WINDOW_MS:
        raise RecvWindow(field="X-RECV-WINDOW")
    if _TIMESTAMP.fullmatch(timestamp) is None:
        raise TimestampOutsideWindow("Say in X-TIMESTAMP when it is, in milliseconds.", field="X-TIMESTAMP")
    signed_ms = int(timestamp)
    if signed_ms > now_ms + CLOCK_AHEAD_MS or now_ms - signed_ms > window_ms:
        raise TimestampOutsideWindow(field="X-TIMESTAMP", server_time_ms=now_ms)
    if _NONCE.fullmatch(nonce) is None:
        raise NonceReused("A nonce is 1 to 64 letters, digits, hyphens or underscores.", field="X-NONCE")
    return Stamp(timestamp, nonce, window_ms)


def payload(stamp: Stamp, method: str, target: str, body: bytes) -> bytes:
    digest = hashlib.sha256(body).hexdigest()
    return f"{stamp.timestamp}\n{stamp.nonce}\n{method}\n{target}\n{digest}".encode("latin-1")


def hmac_hex(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode("ascii"), message, "sha256").hex()


def check_hmac(secret: str, message: bytes, signature: str) -> None:
    """Refuses what is not the one lower-case spelling of the right signature."""
    expected = hmac_hex(secret, message)
    given = signature if _HMAC_HEX.fullmatch(signature) else "0" * 64
    if not hmac.compare_digest(expected, given):
        raise InvalidSignature


def check_ed25519(key: Ed25519PublicKey, message: bytes, signature: str) -> None:
    try:
        key.verify(base64.b64decode(signature.encode("ascii"), validate=True), message)
    except (BadSignature, binascii.Error, ValueError):
        raise InvalidSignature from None


def read_public_key(text: str) -> Ed25519PublicKey:
    """32 bytes in standard base64."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError):
        raise InvalidPublicKey from None


def sign_request(
    *,
    key: str,
    secret: "str | Ed25519PrivateKey",
    method: str,
    target: str,
    body: bytes = b"",
    timestamp_ms: int,
    nonce: str,
    window_ms: int | None = None,
) -> dict[str, str]:
    """The headers that a client sends. `secret` is the HMAC secret's text or an Ed25519 private key."""
    stamp = Stamp(str(timestamp_ms), nonce, window_ms or DEFAULT_RECV_WINDOW_MS)
    message = payload(stamp, method, target, body)
    if isinstance(secret, str):
        signature = hmac_hex(secret, message)
    else:
        signature = base64.b64encode(secret.sign(message)).decode("ascii")
    headers = {
        "X-API-KEY": key,
        "X-TIMESTAMP": stamp.timestamp,
        "X-NONCE": nonce,
        "X-SIGNATURE": signature,
    }
    if window_ms is not None:
        headers["X-RECV-WINDOW"] = str(window_ms)
    return headers
