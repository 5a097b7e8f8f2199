"""Signatures are made and accepted in one form only."""

import hashlib

import pytest
from coincurve import PublicKeyXOnly
from hypothesis import given
from hypothesis import strategies as st

from custody.bitcoin.errors import BadSignature, BitcoinError, SignatureFault
from custody.bitcoin.signatures import (
    HALF_ORDER,
    ORDER,
    check_signature,
    der_low_s,
    is_public_key,
    public_key_of,
    read_der,
    sign_digest,
)
from tests.custody.bitcoin.cases import rows_of

SECRET = hashlib.sha256(b"alice").digest()
KEY = public_key_of(SECRET)
DIGEST = hashlib.sha256(b"a transaction").digest()
SIGNATURE = sign_digest(SECRET, DIGEST)

digests = st.binary(min_size=32, max_size=32)
secrets = st.integers(1, ORDER - 1).map(lambda number: number.to_bytes(32, "big"))


def der_of(r: int, s: int, sighash: int = 1) -> bytes:
    def number(value: int) -> bytes:
        body = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + bytes((len(body),)) + body

    body = number(r) + number(s)
    return b"\x30" + bytes((len(body),)) + body + bytes((sighash,))


def fault(signature: bytes, key: bytes = KEY, digest: bytes = DIGEST) -> SignatureFault:
    with pytest.raises(BadSignature) as refusal:
        check_signature(key, signature, digest)
    return refusal.value.reason


@given(secrets, digests)
def test_what_it_signs_it_accepts_and_it_is_short(secret: bytes, digest: bytes) -> None:
    signature = sign_digest(secret, digest)
    check_signature(public_key_of(secret), signature, digest)
    r, s = read_der(signature[:-1])
    assert len(signature) <= 71
    assert r < 2**255
    assert s <= HALF_ORDER
    assert sign_digest(secret, digest) == signature


@given(secrets, digests)
def test_what_a_token_gives_becomes_the_same_form_whichever_s_it_chose(secret: bytes, digest: bytes) -> None:
    r, s = read_der(sign_digest(secret, digest)[:-1])
    low = der_low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    high = der_low_s(r.to_bytes(32, "big") + (ORDER - s).to_bytes(32, "big"))
    assert low == high
    check_signature(public_key_of(secret), low, digest)


@pytest.mark.parametrize("compact", [b"", bytes(63), bytes(64), bytes(65), b"\xff" * 64])
def test_a_token_that_gives_no_signature_is_refused(compact: bytes) -> None:
    with pytest.raises(BadSignature):
        der_low_s(compact)


def test_it_refuses_a_high_s() -> None:
    r, s = read_der(SIGNATURE[:-1])
    assert fault(der_of(r, ORDER - s)) is SignatureFault.HIGH_S


@pytest.mark.parametrize("sighash", [0, 2, 3, 0x81, 0x82, 0x83, 0xFF])
def test_it_refuses_every_sighash_but_all(sighash: int) -> None:
    assert fault(SIGNATURE[:-1] + bytes((sighash,))) is SignatureFault.SIGHASH


def test_it_refuses_a_signature_of_another_key_or_another_digest() -> None:
    other = public_key_of(hashlib.sha256(b"bob").digest())
    assert fault(SIGNATURE, key=other) is SignatureFault.WRONG
    assert fault(SIGNATURE, digest=hashlib.sha256(b"another").digest()) is SignatureFault.WRONG


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (ORDER + 1, ORDER + 1)])
def test_it_refuses_numbers_out_of_range(r: int, s: int) -> None:
    assert fault(der_of(r, s)) is SignatureFault.WRONG


def spoiled_der() -> list[bytes]:
    body = SIGNATURE[2:-1]
    r_length = body[1]
    padded = b"\x02" + bytes((r_length + 1,)) + b"\0" + body[2:]
    negative = b"\x02" + body[1:2] + bytes((body[2] | 0x80,)) + body[3:]
    ber = [b"\x30\x81" + bytes((len(body),)) + body]
    made = [b"\x30" + bytes((len(one),)) + one for one in (padded, negative, body + b"\0", body[:-1])]
    wrong_marks = [
        b"\x31" + SIGNATURE[1:-1],
        SIGNATURE[:2] + b"\x03" + SIGNATURE[3:-1],
        SIGNATURE[:-1] + b"\0",
    ]
    no_length = [b"\x30" + bytes((len(body) + 1,)) + body, b"\x30\x06\x02\x00\x02\x02\x01\x01"]
    return [b"", b"\x30", *ber, *made, *wrong_marks, *no_length, bytes(71)]


@pytest.mark.parametrize("der", spoiled_der())
def test_it_refuses_what_is_not_strict_der(der: bytes) -> None:
    assert fault(der + b"\x01") is SignatureFault.DER


def test_it_refuses_nothing_at_all() -> None:
    assert fault(b"") is SignatureFault.DER


@pytest.mark.parametrize(
    "key", [b"", KEY[1:], b"\x04" + bytes(64), b"\x02" + b"\xff" * 32, b"\x05" + KEY[1:], KEY + b"\0"]
)
def test_it_refuses_what_is_no_compressed_key(key: bytes) -> None:
    assert not is_public_key(key)
    assert fault(SIGNATURE, key=key) is SignatureFault.KEY


@given(st.integers(0, len(SIGNATURE) - 1), st.integers(1, 255))
def test_a_spoiled_signature_is_never_accepted(at: int, change: int) -> None:
    spoiled = bytearray(SIGNATURE)
    spoiled[at] ^= change
    fault(bytes(spoiled))


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_any_bytes_are_refused_and_nothing_else_happens(signature: bytes, key: bytes) -> None:
    with pytest.raises(BitcoinError):
        check_signature(key, signature, DIGEST)


@pytest.mark.parametrize("row", rows_of("bip340"), ids=lambda row: f"{row['index']}-{row['comment'][:30]}")
def test_the_library_that_verifies_knows_schnorr_signatures_as_bip_340_does(row: dict[str, str]) -> None:
    # Nothing here signs or verifies Schnorr: it says that the library under ours can be believed.
    assert _schnorr(row) is (row["verification result"] == "TRUE")


def _schnorr(row: dict[str, str]) -> bool:
    try:
        key = PublicKeyXOnly(bytes.fromhex(row["public key"]))
        return bool(key.verify(bytes.fromhex(row["signature"]), bytes.fromhex(row["message"])))
    except ValueError:
        return False
