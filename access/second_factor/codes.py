"""One-time codes (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes, purely but for chance."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

ISSUER = "Ballast"
STEP_SECONDS = 30
WINDOW_STEPS = 1
RECOVERY_CODES = 10
_GROUPS = 4
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_RECOVERY = re.compile(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", re.ASCII)


def new_secret() -> str:
    """160 bits in base32, as RFC 4226 wants it."""
    return pyotp.random_base32(32)


def enrolment_uri(secret: str, account: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_at(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)


def matching_steps(secret: str, code: str, now: datetime) -> list[int]:
    """The steps around now whose code this is. As long for a right code as for a wrong one."""
    if _CODE.fullmatch(code) is None:
        return []
    current = step_at(now)
    steps = range(current - WINDOW_STEPS, current + WINDOW_STEPS + 1)
    equal = [hmac.compare_digest(code_at(secret, step), code) for step in steps]
    return [step for step, is_equal in zip(steps, equal, strict=True) if is_equal]


def new_recovery_codes() -> Sequence[str]:
    """80 bits each, in groups that a person can copy."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def is_recovery_code(text: str) -> bool:
    return _RECOVERY.fullmatch(text) is not None


def recovery_hash(user_id: int, code: str) -> str:
    """Plain SHA-256 is enough for 80 random bits; the user stands in it, so that equal codes differ."""
    return hashlib.sha256(f"ballast recovery code:{user_id}:{code}".encode()).hexdigest()
