"""How Binance's clients sign: the raw query and body as sent, without the signature itself. Pure.

HTTP: the query string and the form body one after the other. Websocket API: the parameters as `name=value`
with `&` between, sorted by name. HMAC-SHA256 is sent as hexadecimal (either case), Ed25519 as base64.
Times may be milliseconds or microseconds, a receive window may have three decimals of a millisecond.
"""

from collections.abc import Mapping

from access.key_errors import InvalidSignature
from access.selectors import KeyRecord
from exchange.compat.binance import refusals
from exchange.compat.binance.parameters import Parameter, Values, matching, whole
from exchange.compat.binance.refusals import Refusal

KEY_HEADER = "x-mbx-apikey"
SIGNATURE = "signature"
_MARK = SIGNATURE.encode() + b"="
DEFAULT_WINDOW_MS = 5_000
MAX_WINDOW_MS = 60_000
AHEAD_MS = 1_000
US_PER_MS = 1_000

# Above it a timestamp is of microseconds: as milliseconds it would be of the year 33658.
MICROSECONDS_FROM = 10**15
WINDOW_TEXT = r"^([0-9]{1,9})(\.[0-9]{1,3})?$"
_window_text = matching(WINDOW_TEXT)


def _timestamp_us(name: str, text: str) -> int:
    number: int = _whole(name, text)
    return number if number >= MICROSECONDS_FROM else number * US_PER_MS


def _window_us(name: str, text: str) -> int:
    whole_ms, _, parts = _window_text(name, text).partition(".")
    window_us = int(whole_ms) * US_PER_MS + int(parts.ljust(3, "0"))
    if window_us > MAX_WINDOW_MS * US_PER_MS:
        raise Refusal(-1131, "recvWindow must be less than 60000.")
    return window_us


_whole = whole(1)
TIMESTAMP = Parameter("timestamp", _timestamp_us, required=True)
WINDOW = Parameter("recvWindow", _window_us, default=DEFAULT_WINDOW_MS * US_PER_MS)
STAMP = (TIMESTAMP, WINDOW)


def signed_text(query: bytes, body: bytes) -> bytes:
    """What an HTTP request's signature covers. Raises Refusal.

    Nothing stands between the two, so a value that was cut in two would be signed as well: `quantity=1` in
    the query and `0&price=5` in the body are the text of ten for five. Of such a cut one side lacks its `=`.
    """
    first, second = _without_signature(query), _without_signature(body)
    if first and second:
        for part in (first.rpartition(b"&")[2], second.partition(b"&")[0]):
            if part and b"=" not in part:
                raise refusals.illegal_character_somewhere()
    return first + second


def _without_signature(raw: bytes) -> bytes:
    if _MARK not in raw:
        return raw
    return b"&".join([part for part in raw.split(b"&") if not part.startswith(_MARK)])


def signed_members(members: Mapping[str, str]) -> bytes:
    """What a websocket request's signature covers: its parameters as text. Raises Refusal where that text
    would be of other parameters too."""
    for name, value in members.items():
        if "&" in name or "=" in name or "&" in value:
            raise refusals.illegal_character_somewhere()
    return "&".join(f"{name}={members[name]}" for name in sorted(members) if name != SIGNATURE).encode()


def deadline_us(stamp: Values, now_us: int) -> int:
    """When the request is too late, by the values of `STAMP`. Raises -1021."""
    timestamp: int = stamp["timestamp"]
    window: int = stamp["recvWindow"]
    if timestamp >= now_us + AHEAD_MS * US_PER_MS:
        raise Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_us - timestamp > window:
        raise outside_window()
    return timestamp + window


def outside_window() -> Refusal:
    return Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def check_signature(record: KeyRecord, message: bytes, signature: str) -> None:
    """Raises -1022."""
    given = signature.lower() if isinstance(record.verifier, str) else signature
    try:
        record.check(message, given)
    except InvalidSignature:
        raise wrong_signature() from None


def wrong_signature() -> Refusal:
    return Refusal(-1022, "Signature for this request is not valid.")


def bad_key_format() -> Refusal:
    return Refusal(-2014, "API-key format invalid.", status=401)


def not_permitted() -> Refusal:
    """An unknown key, one from a wrong address and one without the permission are not told apart."""
    return Refusal(-2015, "Invalid API-key, IP, or permissions for action.", status=401)


def key_required() -> Refusal:
    return refusals.mandatory("apiKey")
