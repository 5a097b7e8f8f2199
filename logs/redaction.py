"""Takes secrets out of what is about to be logged: by the name they stand under, by what they look like, and
those that this process was given by what they are. Logs nothing itself.
"""

import re
from collections.abc import Iterable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

GONE = "[redacted]"
MAX_TEXT = 10_000
MAX_SEARCHED = 1_000_000  # what stands after it is dropped unread
_CUT = " [cut] "
_DEEPEST = 8
_LEAST_SECRET, _LONGEST_WORD = 6, 12

_WORDS = (
    *("password", "passwd", "passphrase", "secret", "token", "authorization", "cookie", "signature"),
    *("mnemonic", "xprv", "private_key", "privatekey", "session", "csrf", "ticket", "otp", "pgpass"),
)
_NAMES = re.compile(
    rf"{'|'.join(_WORDS)}|seed|^codes?$|_codes$|(?:login|recovery|factor)_code", re.IGNORECASE
)
_NAMES_OF_NUMBERS = re.compile(r"code|otp|seed|pin$", re.IGNORECASE)  # under others a number counts something

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
# Each with a part that has to be in the text: a line that has none costs a search for it and no more.
_LOOKS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("prv", re.compile(rf"\b[a-zA-Z]prv{_BASE58}{{20,}}"), GONE),
    ("://", re.compile(r"(?<=://)[^/\s:@\"']{0,200}:[^@/\s\"']{1,500}(?=@)"), GONE),
    ("earer ", re.compile(r"(?<=earer )\S{6,}"), GONE),
    ("asic ", re.compile(r"(?<=asic )[A-Za-z0-9+/=]{8,}"), GONE),
    ("/password/reset/", re.compile(r"(?<=/password/reset/)[^\s\"'<>]+"), GONE),
    ("/account/email/", re.compile(r"(?<=/account/email/)[^\s\"'<>]+"), GONE),
    ("AGE-SECRET-KEY-", re.compile(r"AGE-SECRET-KEY-[A-Z0-9-]+"), GONE),
    ("PRIVATE KEY", re.compile(r"-----BEGIN[A-Z ]* PRIVATE KEY-----.*?(?:-----END|\Z)", re.DOTALL), GONE),
    ("Failing row", re.compile(r"(?<=Failing row contains ).*"), GONE),
)
# A name and what follows it: `password=..`, `"secret": ".."`, `(b'Cookie', b'..')`, `X-SIGNATURE: ..`.
_PAIR = re.compile(
    rf"((?:{'|'.join(_WORDS)}|\bseed|(?<![a-z])code)[\w-]{{0,30}}(?:[\"']?\s?[:=]\s?|[\"'],\s?)b?)"
    r"(\"[^\"]*\"?|'[^']*'?|[^\s\"',;&)}\]]+)",
    re.IGNORECASE,
)
_CODE = re.compile(r"code", re.IGNORECASE)
_SIX_DIGITS = re.compile(r"[\"']?\d{6}\b")
_COOKIES = re.compile(r"(cookie[\"']?\s?[:=,]\s?b?[\"']?)[^\r\n\"']+", re.IGNORECASE)
_WIF = re.compile(rf"\b[5KLc9]{_BASE58}{{50,51}}\b")
_PHRASE = re.compile(r"\b(?:[a-z]{3,8}[ ,]{1,2}){11,}[a-z]{3,8}\b")

_SOUGHT = ("code", "seed", *_WORDS)
_LEAST_KEY = 47  # letters of twelve of the shortest words; a private key has more

_known: list[str] = []


def know(secrets: Iterable[str]) -> None:
    """Values that no line may have, whatever they look like and wherever they stand. A word (the `postgres`
    of a database that only this machine reaches) would take every line's own words along."""
    for one in secrets:
        is_word = len(one) < _LEAST_SECRET or (len(one) <= _LONGEST_WORD and one.isalpha())
        if not is_word and one not in _known:
            _known.append(one)


_SECRET_VARIABLES = (
    *("SECRET", "SECRET_KEY", "ENCRYPTION_KEY", "PASSWORD", "TOKEN", "_PIN", "PAGERDUTY_KEY", "ROUTING_KEY"),
    *("IDENTITY", "PRIVATE_KEY"),
)
_WHOLE_URLS = ("SLACK_URL", "DISCORD_URL", "HEARTBEAT_URL")  # who knows one writes there in the house's name
_LEAST_PATH = 20


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """The secrets among a process's variables: those that are named so, passwords in URLs, and paths of
    URLs that are a secret themselves."""
    found: list[str] = []
    for name, value in environment.items():
        if "://" in value:
            found += _secrets_of_url(value, is_whole=name.endswith(_WHOLE_URLS))
        elif name.endswith(_SECRET_VARIABLES):
            found.append(value)
    return found


def _secrets_of_url(value: str, *, is_whole: bool) -> list[str]:
    try:
        parts = urlsplit(value)
        password = parts.password
    except ValueError:
        return []
    path = parts.path.strip("/")
    secret_path = [path] if is_whole and len(path) >= _LEAST_PATH else []
    return secret_path + ([password, unquote(password)] if password else [])


@lru_cache(maxsize=1_000)
def is_secret_name(name: str, *, of_a_number: bool = False) -> bool:
    found = _NAMES.search(name) is not None
    return found and (not of_a_number or _NAMES_OF_NUMBERS.search(name) is not None)


def redact_text(text: str) -> str:
    if len(text) > MAX_SEARCHED:
        text = text[:MAX_SEARCHED]
    for secret in _known:
        if secret in text:
            text = text.replace(secret, GONE)
    for part, pattern, instead in _LOOKS:
        if part in text:
            text = pattern.sub(instead, text)
    low = text.lower()
    for word in _SOUGHT:
        if word in low:
            text = _PAIR.sub(_without_value, _COOKIES.sub(rf"\1{GONE}", text))
            break
    if len(text) >= _LEAST_KEY:
        text = _PHRASE.sub(GONE, _WIF.sub(GONE, text))
    if len(text) > MAX_TEXT:  # what failed is said first, and last in a traceback
        text = text[: MAX_TEXT // 2] + _CUT + text[-MAX_TEXT // 2 :]
    return text


def _without_value(match: re.Match[str]) -> str:
    """An error's code is no secret; one of six digits is what an authenticator shows."""
    name, value = match[1], match[2]
    if _CODE.match(name) and not _SIX_DIGITS.match(value):
        return match[0]
    return name + GONE


def redact(value: object, depth: int = 0) -> object:
    """Of any value: a copy without secrets where there may be some."""
    if isinstance(value, str):
        return redact_text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth >= _DEEPEST:
        return GONE
    if isinstance(value, Mapping):
        return {str(name): redact_named(str(name), one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(one, depth + 1) for one in value]
    return redact_text(str(value))


def redact_named(name: str, value: object, depth: int = 0) -> object:
    of_a_number = value is None or isinstance(value, (bool, int, float))
    return GONE if is_secret_name(name, of_a_number=of_a_number) else redact(value, depth)


def redact_line(_logger: object, _level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: what begins with an underscore is not written."""
    for name, value in line.items():
        if name[0] != "_":
            line[name] = redact_named(name, value)
    return line
