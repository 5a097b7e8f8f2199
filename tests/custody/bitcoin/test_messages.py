"""Signed texts, against btclib's own making and reading of them, and against what is no signature."""

import base64
import contextlib

import pytest
from btclib.b32 import p2wpkh
from btclib.b58 import p2pkh, p2wpkh_p2sh
from btclib.ecc import bms
from btclib.key import PrvKeyData, PubKeyData
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.bitcoin.errors import BadSignature
from custody.bitcoin.messages import sign_message, signer_of
from custody.bitcoin.proofs import PROOF_PLACE, proof_text, prove, proving_key
from custody.bitcoin.signatures import ORDER, public_key_of
from custody.bitcoin.types import Network, Role
from tests.custody.support.wallets import account

SECRET = bytes(range(1, 33))
TEXT = "Ballast vault\nnetwork: regtest"


def their_key(secret: bytes = SECRET, *, compressed: bool = True) -> PrvKeyData:
    return PrvKeyData(int.from_bytes(secret, "big"), "mainnet", compressed)


def reason_of(signature: str, text: str = TEXT) -> str:
    with pytest.raises(BadSignature) as raised:
        signer_of(text, signature)
    assert signature not in str(raised.value) or not signature
    return raised.value.reason.value


@given(st.integers(1, ORDER - 1), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=252))
@settings(max_examples=40, deadline=None)
def test_what_is_signed_here_btclib_takes_for_the_keys_address(number: int, text: str) -> None:
    secret = number.to_bytes(32, "big")
    key = public_key_of(secret)
    signature = sign_message(secret, text)
    assert signer_of(text, signature) == key
    bms.assert_as_valid(text.encode(), p2pkh(PubKeyData(key, "mainnet")), signature)


@pytest.mark.parametrize("kind", [p2pkh, p2wpkh, p2wpkh_p2sh])
def test_a_signature_made_elsewhere_names_its_key_whatever_address_the_wallet_shows(kind: object) -> None:
    assert callable(kind)
    address = kind(PubKeyData(public_key_of(SECRET), "mainnet"))
    theirs = bms.sign(TEXT.encode(), their_key(), address).b64encode()
    assert signer_of(TEXT, theirs) == public_key_of(SECRET)


def test_one_of_an_uncompressed_key_names_the_same_point() -> None:
    theirs = bms.sign(TEXT.encode(), their_key(compressed=False)).b64encode()
    assert signer_of(TEXT, theirs) == public_key_of(SECRET)


def test_over_another_text_it_names_another_key() -> None:
    assert signer_of(TEXT + ".", sign_message(SECRET, TEXT)) != public_key_of(SECRET)


def test_a_high_s_is_taken_for_some_wallets_make_it() -> None:
    data = base64.b64decode(sign_message(SECRET, TEXT))
    s = ORDER - int.from_bytes(data[33:], "big")
    high = bytes((31 + ((data[0] - 31) ^ 1),)) + data[1:33] + s.to_bytes(32, "big")
    assert signer_of(TEXT, base64.b64encode(high).decode()) == public_key_of(SECRET)


def test_what_has_not_the_one_form_of_a_signature_is_none() -> None:
    good = sign_message(SECRET, TEXT)
    data = base64.b64decode(good)
    lengths = [data[:-1], data + b"\0", b"", data[1:]]
    headers = [bytes((header,)) + data[1:] for header in (0, 26, 43, 255)]
    texts = [good + "\n", " " + good, good[:-1], good.replace("=", "A"), "ä" * 88, good[:-2] + "==", "=" * 88]
    spare = good[:-2] + chr(ord(good[-2]) + 1) + "="  # other bits behind the last byte
    wrong = [base64.b64encode(one).decode() for one in (*lengths, *headers)]
    for signature in (*wrong, *texts, spare):
        assert reason_of(signature) == "FORMAT", signature


def test_numbers_that_no_key_signs_with_are_refused() -> None:
    for numbers in (b"\0" * 64, b"\xff" * 64, ORDER.to_bytes(32, "big") * 2, b"\0" * 32 + b"\1" * 32):
        assert reason_of(base64.b64encode(b"\x1f" + numbers).decode()) == "WRONG"


@given(st.binary(min_size=65, max_size=65))
@settings(max_examples=60, deadline=None)
def test_random_bytes_never_break_it(data: bytes) -> None:
    with contextlib.suppress(BadSignature):
        assert len(signer_of(TEXT, base64.b64encode(data).decode())) == 33


def test_a_proofs_text_has_fixed_lines_and_a_length_that_hardware_wallets_sign() -> None:
    key = account("user", Role.USER).key
    text = proof_text(Network.REGTEST, 7, key, 1_800_000_000)
    assert text.split("\n") == [
        "Ballast vault",
        "network: regtest",
        "account: 7",
        f"key: [{key.fingerprint}/{key.path}]{key.xpub}",
        "time: 1800000000",
    ]
    assert len(proof_text(Network.TESTNET, 2**31 - 1, key, 1_800_000_000)) <= 240


def test_the_key_of_the_first_receiving_address_proves() -> None:
    secret = account("user", Role.USER)
    signature = prove(secret.secret_at(PROOF_PLACE), Network.REGTEST, 7, secret.key, 1_800_000_000)
    text = proof_text(Network.REGTEST, 7, secret.key, 1_800_000_000)
    assert signer_of(text, signature) == proving_key(secret.key) == secret.public_key_at(PROOF_PLACE)
