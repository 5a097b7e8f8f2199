"""What never gets into a line, and what stays readable beside it."""

import pytest

from logs import redaction
from logs.redaction import GONE, know, redact, redact_text, secrets_of

SECRET = "hunter2-and-more"
XPRV = "tprv8ZgxMBicQKsPd9TeAdPADNnSyH9SSUUbTVeFszDE23Ki6TBB5nCefAdHkK8Fm3qMQR6sHwA56zqRmKmxnHk37JkiFzvnc"
WIF = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"
PHRASE = "abandon ability able about above absent absorb abstract absurd abuse access accident"


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET}",
        f"the form was {{'password': '{SECRET}', 'name': 'alice'}}",
        f'{{"api_secret": "{SECRET}", "label": "x"}}',
        f"X-SIGNATURE: {SECRET}",
        f"GET /api/v3/account?timestamp=1&signature={SECRET} failed",
        f"[(b'Authorization', b'Bearer {SECRET}')]",
        f"Authorization: Bearer {SECRET}",
        f"Cookie: sessionid={SECRET}; csrftoken={SECRET}",
        f"(b'set-cookie', b'sessionid={SECRET}; Path=/')",
        f"ticket={SECRET}",
        f"redis://default:{SECRET}@10.0.0.1:6379/0 does not answer",
        f"Not Found: /password/reset/MQ/{SECRET}",
        f"GET /account/email/{SECRET}?next=1",
        f"otpauth://totp/x?secret={SECRET}",
        f"DETAIL:  Failing row contains (1, alice, {SECRET}).",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
    ],
)
def test_it_takes_out_what_stands_under_the_name_of_a_secret(text: str) -> None:
    told = redact_text(text)
    assert SECRET not in told
    assert GONE in told


@pytest.mark.parametrize(
    "secret",
    [XPRV, PHRASE, "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn", "AGE-SECRET-KEY-1QQPZRY9X8"],
)
def test_it_takes_out_what_looks_like_a_key(secret: str) -> None:
    assert secret not in redact_text(f"it failed with {secret} in it")


@pytest.mark.parametrize("text", ["code=123456", "{'code': '123456'}", "totp_code: 123456"])
def test_it_takes_out_the_code_of_a_second_factor(text: str) -> None:
    assert "123456" not in redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "leading shard 0, epoch 3, sequence 12345",
        "the request is refused: code=INSUFFICIENT_FUNDS",
        "ended with exit code 1",
        "https://pool.example.com:8332/rpc does not answer",
        "spend 3f9a0c1e is contested: an input is gone",
        "f" * 64,
        "a worker that was told to end by an operator has been started again by the one who keeps it",
    ],
)
def test_it_leaves_what_is_no_secret(text: str) -> None:
    assert redact_text(text) == text


def test_it_looks_inside_of_what_a_line_carries() -> None:
    facts = {"body": {"new_password": SECRET, "amount": 5}, "codes": ["1"], "seen": [{"token": SECRET}]}
    told = redact({**facts, "exit_code": 3, "sessions": 4, "status": 200})
    assert told == {
        "body": {"new_password": GONE, "amount": 5},
        "codes": GONE,
        "seen": [{"token": GONE}],
        "exit_code": 3,
        "sessions": 4,
        "status": 200,
    }


def test_it_knows_what_the_environment_keeps_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", [])
    environment = {
        "SECRET_KEY": "k-1234567890",
        "DATABASE_URL": "postgresql://ballast:p%40ss-word@db/ballast",
        "BALLAST_SIGNER_HOT_SECRET": "s-1234567890",
        "BALLAST_ALERT_SLACK_URL": "https://hooks.slack.com/services/T00/B00/x-1234567890",
        "BALLAST_SITE_URL": "https://ballast.example.com",
        "LANG": "C.UTF-8",
    }
    know(secrets_of(environment))
    told = redact_text("k-1234567890 p@ss-word p%40ss-word s-1234567890 https://ballast.example.com C.UTF-8")
    assert redact_text("POST /services/T00/B00/x-1234567890 took long") == f"POST /{GONE} took long"
    assert told == f"{GONE} {GONE} {GONE} {GONE} https://ballast.example.com C.UTF-8"


def test_a_password_that_is_a_word_leaves_other_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", [])
    know(secrets_of({"DATABASE_URL": "postgresql://postgres:postgres@db/ballast"}))
    assert redact_text("postgres is away: postgresql://postgres:postgres@db") == (
        f"postgres is away: postgresql://{GONE}@db"
    )


def test_a_text_without_end_is_cut_in_its_middle() -> None:
    told = redact_text("first " + "x" * 50_000 + " last")
    assert len(told) < 11_000
    assert told.startswith("first ")
    assert told.endswith(" last")
