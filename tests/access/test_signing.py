"""The signature: the primitive against a published vector, and the exact bytes that are signed."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from access.key_errors import InvalidSignature
from access.signing import (
    Stamp,
    check_ed25519,
    check_hmac,
    hmac_hex,
    payload,
    read_stamp,
    sign_request,
)

# From Binance's documentation of signed endpoints.
BINANCE_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
BINANCE_MESSAGE = (
    b"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    b"&recvWindow=5000&timestamp=1499827319559"
)
BINANCE_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
NOW = 1_700_000_000_000


def test_the_hmac_is_that_of_a_published_vector() -> None:
    assert hmac_hex(BINANCE_SECRET, BINANCE_MESSAGE) == BINANCE_SIGNATURE
    check_hmac(BINANCE_SECRET, BINANCE_MESSAGE, BINANCE_SIGNATURE)


def test_the_ed25519_check_is_that_of_rfc_8032() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    raw = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    signature = base64.b64encode(raw).decode()
    check_ed25519(private.public_key(), b"", signature)
    with pytest.raises(InvalidSignature):
        check_ed25519(private.public_key(), b"x", signature)


def test_the_signed_bytes_are_these() -> None:
    stamp = Stamp("1700000000000", "n-1", 5_000)
    assert payload(stamp, "POST", "/api/v1/orders?x=1", b'{"a":1}') == (
        b"1700000000000\nn-1\nPOST\n/api/v1/orders?x=1\n" + hashlib.sha256(b'{"a":1}').hexdigest().encode()
    )


def test_a_client_signs_what_the_server_checks() -> None:
    headers = sign_request(
        key="bk", secret="s", method="GET", target="/a?b=%20", timestamp_ms=NOW, nonce="n", window_ms=9
    )
    stamp = read_stamp(headers["X-TIMESTAMP"], headers["X-RECV-WINDOW"], headers["X-NONCE"], NOW)
    check_hmac("s", payload(stamp, "GET", "/a?b=%20", b""), headers["X-SIGNATURE"])


parts = st.tuples(
    st.integers(1, 10**15).map(str),
    st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    st.sampled_from(["GET", "POST", "DELETE"]),
    st.from_regex(r"/[a-z0-9/?=&%-]{0,40}", fullmatch=True),
    st.binary(max_size=50),
)


@given(parts, parts)
def test_different_requests_are_different_bytes(
    one: tuple[str, str, str, str, bytes], other: tuple[str, str, str, str, bytes]
) -> None:
    def signed(timestamp: str, nonce: str, method: str, target: str, body: bytes) -> bytes:
        return payload(Stamp(timestamp, nonce, 1), method, target, body)

    assert (signed(*one) == signed(*other)) == (one == other)


@given(st.text(max_size=80))
def test_no_text_but_the_signature_passes(text: str) -> None:
    private = Ed25519PrivateKey.generate()
    with pytest.raises(InvalidSignature):
        check_hmac("s", b"m", text)
    with pytest.raises(InvalidSignature):
        check_ed25519(private.public_key(), b"m", text)
