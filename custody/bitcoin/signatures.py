"""Signatures over a digest, in the one form that is accepted here: strict DER, low S, SIGHASH_ALL.

libsecp256k1 signs and verifies; the form is checked here first. A signature is DER with the byte of its
SIGHASH after it, as it stands in a witness.
"""

from coincurve import PrivateKey as Secret
from coincurve import PublicKey
from coincurve._libsecp256k1 import ffi

from custody.bitcoin.errors import BadSignature, SignatureFault
from custody.bitcoin.transactions import SIGHASH_ALL

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_ORDER = ORDER // 2
LONGEST_SIGNATURE = 72  # bytes, of a low S, with the byte of its SIGHASH; 71 where R is low, too
_LONGEST_DER = 72
_GRINDS = 1000  # a low R takes two tries on average


def sign_digest(secret: bytes, digest: bytes) -> bytes:
    """At most 71 bytes: as Bitcoin Core does it, tried again with a counter until R is low. RFC 6979."""
    signer = Secret(secret)
    for attempt in range(_GRINDS):
        counter = ffi.new("unsigned char[32]", attempt.to_bytes(32, "little")) if attempt else ffi.NULL
        der = signer.sign(digest, hasher=None, custom_nonce=(ffi.NULL, counter))
        if der[3] <= 32:
            return bytes(der) + bytes((SIGHASH_ALL,))
    raise AssertionError("no low R")


def public_key_of(secret: bytes) -> bytes:
    """33 bytes."""
    return bytes(Secret(secret).public_key.format(compressed=True))


def is_public_key(data: bytes) -> bool:
    """Whether it is a point of the curve, compressed."""
    return _point(data) is not None


def _point(data: bytes) -> PublicKey | None:
    if len(data) != 33:
        return None
    try:
        return PublicKey(data)
    except ValueError:
        return None


def check_signature(public_key: bytes, signature: bytes, digest: bytes) -> None:
    """Raises BadSignature."""
    point = _point(public_key)
    if point is None:
        raise BadSignature(SignatureFault.KEY, "this is no compressed public key")
    if not signature:
        raise BadSignature(SignatureFault.DER, "there is no signature")
    der, sighash = signature[:-1], signature[-1]
    r, s = read_der(der)
    if sighash != SIGHASH_ALL:
        raise BadSignature(SignatureFault.SIGHASH, "only SIGHASH_ALL is accepted")
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise BadSignature(SignatureFault.WRONG, "its numbers are out of range")
    if s > HALF_ORDER:
        raise BadSignature(SignatureFault.HIGH_S, "its S is high: anybody could make another of it")
    if not point.verify(der, digest, hasher=None):
        raise BadSignature(SignatureFault.WRONG, "it is not of this key over this transaction")


def read_der(der: bytes) -> tuple[int, int]:
    """R and S of strict DER (BIP-66), without the byte of a SIGHASH. Raises BadSignature."""
    if not 8 <= len(der) <= _LONGEST_DER or der[0] != 0x30 or der[1] != len(der) - 2:
        raise BadSignature(SignatureFault.DER, "this is no signature in DER")
    r, at = _number(der, 2)
    s, at = _number(der, at)
    if at != len(der):
        raise BadSignature(SignatureFault.DER, "it is longer than its numbers")
    return r, s


def _number(der: bytes, at: int) -> tuple[int, int]:
    """The number that stands there, and where it ends."""
    if at + 2 > len(der) or der[at] != 0x02:
        raise BadSignature(SignatureFault.DER, "there is no number where one belongs")
    start, end = at + 2, at + 2 + der[at + 1]
    body = der[start:end]
    if not body or end > len(der) or body[0] & 0x80:
        raise BadSignature(SignatureFault.DER, "a number is cut off, empty or negative")
    if len(body) > 1 and body[0] == 0 and not body[1] & 0x80:
        raise BadSignature(SignatureFault.DER, "a number is longer than it needs to be")
    return int.from_bytes(body, "big"), end


def der_low_s(compact: bytes) -> bytes:
    """What a token gives (R and S of 32 bytes each), as a signature with a low S. Raises BadSignature."""
    if len(compact) != 64:
        raise BadSignature(SignatureFault.DER, "R and S are 64 bytes")
    r, s = int.from_bytes(compact[:32], "big"), int.from_bytes(compact[32:], "big")
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise BadSignature(SignatureFault.WRONG, "its numbers are out of range")
    body = _der_number(r) + _der_number(min(s, ORDER - s))
    return b"\x30" + bytes((len(body),)) + body + bytes((SIGHASH_ALL,))


def _der_number(value: int) -> bytes:
    body = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes((len(body),)) + body
