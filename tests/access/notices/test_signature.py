"""What is sent is signed as the Standard Webhooks say, so that their libraries verify it."""

import base64
import hashlib
import hmac
import re

from access.notices.standard import headers, new_secret, signature

# The example that the Standard Webhooks' own documentation and libraries are tried with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PAYLOAD = b'{"test": 2432232314}'
MESSAGE, TIME = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_comes_out() -> None:
    assert signature(SECRET, MESSAGE, TIME, PAYLOAD) == SIGNATURE


def test_a_receiver_that_knows_the_secret_verifies_it() -> None:
    """Written from the specification, without a line of ours."""
    secret = new_secret()
    sent = headers(secret, "notice_7", 1_800_000_000, b"{}")
    key = base64.b64decode(secret.split("_", 1)[1])
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + b"{}"
    mac = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{mac}"


def test_another_id_time_body_or_secret_has_another_signature() -> None:
    others = [
        signature(SECRET, "msg_other", TIME, PAYLOAD),
        signature(SECRET, MESSAGE, TIME + 1, PAYLOAD),
        signature(SECRET, MESSAGE, TIME, PAYLOAD + b" "),
        signature(new_secret(), MESSAGE, TIME, PAYLOAD),
    ]
    assert SIGNATURE not in others
    assert len(set(others)) == 4


def test_secrets_are_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret) for secret in secrets)
