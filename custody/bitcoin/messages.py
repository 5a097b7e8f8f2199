"""Texts signed by a bitcoin key (BIP-137), as hardware wallets and Sparrow sign them: never a transaction.

A signature is 65 bytes in base64: a header, then R and S. The header says which of four points signed and
which kind of address the wallet shows for it; only the point counts here.
"""

import base64
import binascii
import hashlib

from coincurve import PrivateKey as Secret
from coincurve import PublicKey

from custody.bitcoin.errors import BadSignature, SignatureFault

_MAGIC = b"\x18Bitcoin Signed Message:\n"
_LENGTH = 65
_LONGEST_TEXT = 252  # whose length is one byte; Coldcard signs 240 at most
_FIRST_HEADER, _LAST_HEADER, _COMPRESSED = 27, 42, 31
SIGNATURE_CHARACTERS = 88


def message_digest(text: str) -> bytes:
    """What is signed for a text of at most 252 ASCII characters."""
    body = text.encode("ascii")
    assert len(body) <= _LONGEST_TEXT
    inner = hashlib.sha256(_MAGIC + bytes((len(body),)) + body)
    return hashlib.sha256(inner.digest()).digest()


def sign_message(secret: bytes, text: str) -> str:
    """As a wallet does it for a compressed key."""
    signature = Secret(secret).sign_recoverable(message_digest(text), hasher=None)
    return base64.b64encode(bytes((_COMPRESSED + signature[64],)) + signature[:64]).decode()


def signer_of(text: str, signature: str) -> bytes:
    """The 33 bytes of the public key that signed `text`. Raises BadSignature.

    FORMAT: it is none; WRONG: no key can have made it. A high S is taken, for some wallets make it, and
    nothing here depends on a signature having one form only.
    """
    data = _decoded(signature)
    if len(data) != _LENGTH or not _FIRST_HEADER <= data[0] <= _LAST_HEADER:
        raise BadSignature(SignatureFault.FORMAT, "this is no signature of a text")
    point = bytes(((data[0] - _FIRST_HEADER) % 4,))
    try:
        key = PublicKey.from_signature_and_message(data[1:] + point, message_digest(text), hasher=None)
    except ValueError as error:
        raise BadSignature(SignatureFault.WRONG, "no key made this signature") from error
    return bytes(key.format(compressed=True))


def _decoded(signature: str) -> bytes:
    """Empty where it is not base64 in its one form."""
    if len(signature) != SIGNATURE_CHARACTERS:
        return b""
    try:
        data = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if base64.b64encode(data).decode() == signature else b""
