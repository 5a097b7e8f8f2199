"""Secrets at rest: AES-256-GCM under a key derived from the settings, bound to what the secret belongs to."""

import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12
_PURPOSE = b"ballast api key secrets v1\x00"


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(_PURPOSE + settings.ENCRYPTION_KEY.encode()).digest())


def encrypt(text: str, *, owner: str) -> bytes:
    """`owner` must be given again to decrypt, so a stored secret cannot be moved to another row."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, text.encode(), owner.encode())


def decrypt(stored: bytes, *, owner: str) -> str:
    return _cipher().decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], owner.encode()).decode()
