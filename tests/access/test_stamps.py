"""When a signed request is good: windows to the millisecond, spellings, and vectors for clients."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from access.errors import DomainError
from access.key_errors import InvalidPublicKey, InvalidSignature
from access.signing import (
    Stamp,
    check_ed25519,
    check_hmac,
    hmac_hex,
    payload,
    read_public_key,
    read_stamp,
    sign_request,
)

NOW = 1_700_000_000_000
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SEED = bytes(range(32))
PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


@pytest.mark.parametrize(
    ("ago_ms", "window", "is_good"),
    [
        (0, "", True),
        (5_000, "", True),
        (5_001, "", False),
        (-1_000, "", True),
        (-1_001, "", False),
        (1, "1", True),
        (2, "1", False),
        (60_000, "60000", True),
        (60_001, "60000", False),
        (-1_001, "60000", False),
    ],
)
def test_a_request_is_good_within_its_window_to_the_millisecond(
    ago_ms: int, window: str, is_good: bool
) -> None:
    timestamp = str(NOW - ago_ms)
    if is_good:
        assert read_stamp(timestamp, window, "n", NOW) == Stamp(timestamp, "n", int(window or 5_000))
        return
    with pytest.raises(DomainError) as refused:
        read_stamp(timestamp, window, "n", NOW)
    assert (refused.value.code, refused.value.field) == ("TIMESTAMP", "X-TIMESTAMP")
    assert refused.value.details == {"server_time_ms": NOW}


@pytest.mark.parametrize(
    "window", ["0", "60001", "999999", "1000000", "05000", "-1", "+1", "5e3", " 5", "5\n", "５"]
)
def test_a_window_is_one_to_sixty_thousand(window: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_stamp(str(NOW), window, "n", NOW)
    assert (refused.value.code, refused.value.field) == ("RECV_WINDOW", "X-RECV-WINDOW")


@pytest.mark.parametrize(
    "timestamp", ["", "0", "01", f"0{NOW}", f"{NOW}.0", f"+{NOW}", f"{NOW}\n", "1" * 17, "now"]
)
def test_a_timestamp_has_one_spelling(timestamp: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_stamp(timestamp, "", "n", NOW)
    assert refused.value.code == "TIMESTAMP"


@pytest.mark.parametrize("nonce", ["", "a" * 65, "a b", "a\n", "a:b", "é", "a/b", "a=", "\0"])
def test_a_nonce_is_short_and_plain(nonce: str) -> None:
    assert read_stamp(str(NOW), "", "A-z_09" + "a" * 58, NOW).nonce.endswith("a")
    with pytest.raises(DomainError) as refused:
        read_stamp(str(NOW), "", nonce, NOW)
    assert (refused.value.code, refused.value.field) == ("NONCE_REUSED", "X-NONCE")


def test_a_request_without_a_body_signs_the_hash_of_nothing() -> None:
    stamp = Stamp(str(NOW), "n1", 5_000)
    assert payload(stamp, "GET", "/api/v1/orders", b"") == (
        f"1700000000000\nn1\nGET\n/api/v1/orders\n{EMPTY}".encode()
    )


@pytest.mark.parametrize(
    ("secret", "message", "signature"),
    [  # RFC 4231, cases 1 and 2
        ("\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            "Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ],
)
def test_the_hmac_is_that_of_rfc_4231(secret: str, message: bytes, signature: str) -> None:
    assert hmac_hex(secret, message) == signature
    check_hmac(secret, message, signature)
    for wrong in (signature.upper(), signature[:-1], signature + "0", f" {signature}", f"{signature}\n", ""):
        with pytest.raises(InvalidSignature):
            check_hmac(secret, message, wrong)


def test_one_changed_part_of_a_request_is_another_signature() -> None:
    parts = ("POST", "/api/v1/orders", b'{"side":"BUY"}')
    signed = hmac_hex("s", payload(Stamp(str(NOW), "n", 1), *parts))
    changed = [
        payload(Stamp(str(NOW + 1), "n", 1), *parts),
        payload(Stamp(str(NOW), "m", 1), *parts),
        payload(Stamp(str(NOW), "n", 1), "PUT", *parts[1:]),
        payload(Stamp(str(NOW), "n", 1), "POST", "/api/v1/orders?", parts[2]),
        payload(Stamp(str(NOW), "n", 1), "POST", "/api/v1/orders", b'{"side": "BUY"}'),
    ]
    for message in changed:
        with pytest.raises(InvalidSignature):
            check_hmac("s", message, signed)


def test_an_ed25519_key_is_read_and_its_owner_recognised() -> None:
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    headers = sign_request(key="bk", secret=private, method="GET", target="/x", timestamp_ms=NOW, nonce="n")
    message = f"{NOW}\nn\nGET\n/x\n{EMPTY}".encode()
    check_ed25519(read_public_key(PUBLIC), message, headers["X-SIGNATURE"])
    assert "X-RECV-WINDOW" not in headers
    raw = base64.b64decode(headers["X-SIGNATURE"])
    for wrong in (raw.hex(), base64.b64encode(raw[:-1]).decode(), base64.b64encode(raw + b"0").decode(), "é"):
        with pytest.raises(InvalidSignature):
            check_ed25519(read_public_key(PUBLIC), message, wrong)


@pytest.mark.parametrize(
    "text", ["", PUBLIC[:-1], PUBLIC[:-4], f"{PUBLIC}AAAA", f" {PUBLIC}", SEED.hex(), "é", "===="]
)
def test_a_public_key_is_32_bytes_in_base64(text: str) -> None:
    with pytest.raises(InvalidPublicKey):
        read_public_key(text)
