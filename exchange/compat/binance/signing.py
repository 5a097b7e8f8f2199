"""How Binance's clients sign: the raw query and body as sent, without the signature itself. Pure.

HTTP: the query string and the form body one after the other. Websocket API: the parameters as `name=value`
with `&` between, sorted by name. HMAC-SHA256 is sent as hexadecimal (either case), Ed25519 as base64.
"""

from collections.abc import Mapping

from access.key_errors import InvalidSignature
from access.selectors import KeyRecord
from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import INT64_MAX, Parameter, whole
from exchange.compat.binance.refusals import Refusal

KEY_HEADER = "x-mbx-apikey"
SIGNATURE = "signature"
DEFAULT_WINDOW_MS = 5_000
MAX_WINDOW_MS = 60_000
AHEAD_MS = 1_000

TIMESTAMP = Parameter("timestamp", whole(1), required=True)
WINDOW = Parameter("recvWindow", whole(0), default=DEFAULT_WINDOW_MS)
STAMP = (TIMESTAMP, WINDOW)


def signed_text(query: bytes, body: bytes) -> bytes:
    """What an HTTP request's signature covers."""
    return _without_signature(query) + _without_signature(body)


def _without_signature(raw: bytes) -> bytes:
    mark = SIGNATURE.encode() + b"="
    return b"&".join(part for part in raw.split(b"&") if not part.startswith(mark))


def signed_members(members: Mapping[str, str]) -> bytes:
    """What a websocket request's signature covers: its parameters as text."""
    return "&".join(f"{name}={members[name]}" for name in sorted(members) if name != SIGNATURE).encode()


def deadline_ms(timestamp: int, window: int, now_ms: int) -> int:
    """When the request is too late. Raises -1131 and -1021."""
    if window > MAX_WINDOW_MS:
        raise Refusal(-1131, "recvWindow must be less than 60000.")
    if timestamp > INT64_MAX or timestamp >= now_ms + AHEAD_MS:
        raise Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_ms - timestamp > window:
        raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")
    return timestamp + window


def check_signature(record: KeyRecord, message: bytes, signature: str) -> None:
    """Raises -1022."""
    given = signature.lower() if isinstance(record.verifier, str) else signature
    try:
        record.check(message, given)
    except InvalidSignature:
        raise Refusal(-1022, "Signature for this request is not valid.") from None


def bad_key_format() -> Refusal:
    return Refusal(-2014, "API-key format invalid.", status=401)


def not_permitted() -> Refusal:
    """An unknown key, one from a wrong address and one without the permission are not told apart."""
    return Refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)


def key_required() -> Refusal:
    return refusals.mandatory("apiKey")
