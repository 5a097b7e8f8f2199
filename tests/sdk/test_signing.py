"""The SDK signs what the house checks, without a line of code in common."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from access.signing import read_public_key, sign_request
from ballast_sdk.signing import ApiKey, fresh_id, private_key, signed_headers

ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TARGETS = st.sampled_from(["/api/v1/orders", "/api/v1/orders?market=BTC-USDB&limit=1", "/ws/v1/", "/a%20b"])


@given(
    secret=st.one_of(st.text("abcdef0123456789", min_size=1), st.just(ED25519)),
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
    target=TARGETS,
    body=st.binary(max_size=200),
    timestamp_ms=st.integers(1, 2**50),
    window_ms=st.one_of(st.none(), st.integers(1, 60_000)),
)
def test_it_signs_as_the_house_does(
    secret: str | Ed25519PrivateKey,
    method: str,
    target: str,
    body: bytes,
    timestamp_ms: int,
    window_ms: int | None,
) -> None:
    nonce = fresh_id()
    ours = signed_headers(
        ApiKey("bk_1", secret),
        method=method,
        target=target,
        body=body,
        timestamp_ms=timestamp_ms,
        nonce=nonce,
        window_ms=window_ms,
    )
    assert ours == sign_request(
        key="bk_1",
        secret=secret,
        method=method,
        target=target,
        body=body,
        timestamp_ms=timestamp_ms,
        nonce=nonce,
        window_ms=window_ms,
    )


def test_a_private_key_is_read_from_pem() -> None:
    pem = ED25519.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private_key(pem).public_key()
    assert public == read_public_key(base64.b64encode(ED25519.public_key().public_bytes_raw()).decode())


def test_a_key_of_another_kind_is_refused() -> None:
    other = rsa.generate_private_key(65537, 2048)
    with pytest.raises(TypeError, match="Ed25519"):
        private_key(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_secrets_do_not_show() -> None:
    assert "hush" not in repr(ApiKey("bk_1", "hush"))


def test_ids_are_taken_by_the_house_and_never_come_twice() -> None:
    ids = {fresh_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(one) == 32 and one.isalnum() for one in ids)
