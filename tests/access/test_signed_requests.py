"""Signed requests: who is let in, and every way of not being who one says."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from access.http import Scope
from access.models import ApiKey, AuditEntry
from access.services import Origin, revoke_api_key
from access.signing import KeyKind
from tests.access.people import ORDER, Person, code, now_ms, person

ORDERS = "/api/v1/test/orders"
VIEW_ORDERS = "/api/v1/test/view-orders"
BOTH = pytest.mark.parametrize("path", [ORDERS, VIEW_ORDERS])


@BOTH
@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_of_either_kind_speaks_for_its_user(
    client: httpx.Client, db: None, kind: KeyKind, path: str
) -> None:
    carol = person("carol", kind=kind)
    response = carol.send(client, "POST", path, ORDER)
    assert response.status_code == 200, response.text
    assert response.json()["user_id"] == carol.user.pk
    assert response.json()["key_id"] == carol.key_id
    assert response.json()["body"]["amount"] == 10_000_000
    assert response.headers["cache-control"] == "no-store"


@BOTH
def test_a_signed_query_reaches_the_handler_parsed(client: httpx.Client, alice: Person, path: str) -> None:
    response = alice.send(client, "GET", f"{path}?symbol=BTC-USDB&limit=7&open=false")
    assert response.json()["query"] == {"symbol": "BTC-USDB", "since": 0, "limit": 7, "open": False}


@BOTH
def test_without_a_key_nobody_is_let_in(client: httpx.Client, path: str) -> None:
    assert code(client.get(path)) == (401, "INVALID_KEY")


@pytest.mark.parametrize("scheme", ["Basic YWxpY2U6eA==", "Bearer eyJhbGciOiJub25lIn0.e30.", "Token abc"])
@BOTH
def test_no_other_scheme_of_authentication_is_known(client: httpx.Client, path: str, scheme: str) -> None:
    assert code(client.get(path, headers={"Authorization": scheme})) == (401, "INVALID_KEY")


@pytest.mark.parametrize("key", ["bk_" + "0" * 32, "", "nonsense", "bk_" + "0" * 5000, "bk_é", "' OR 1=1--"])
def test_an_unknown_key_is_refused(client: httpx.Client, alice: Person, key: str) -> None:
    headers = alice.headers("GET", ORDERS) | {"X-API-KEY": key.encode().decode("latin-1")}
    response = client.get(
        ORDERS, headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    )
    assert code(response) == (401, "INVALID_KEY")


def test_a_revoked_key_ends_with_the_next_request(client: httpx.Client, alice: Person) -> None:
    assert alice.send(client, "GET", ORDERS).status_code == 200
    revoke_api_key(user_id=alice.user.pk, key_id=alice.key_id, origin=Origin())
    assert code(alice.send(client, "GET", ORDERS)) == (401, "INVALID_KEY")


def test_an_expired_key_is_refused_with_the_same_message(client: httpx.Client, db: None) -> None:
    carol = person("carol", expires_at=timezone.now() - timedelta(seconds=1))
    expired = carol.send(client, "GET", ORDERS)
    unknown = client.get(ORDERS)
    assert code(expired) == (401, "INVALID_KEY")
    assert expired.json()["error"]["message"] == unknown.json()["error"]["message"]


def test_the_key_of_a_disabled_user_is_refused(client: httpx.Client, alice: Person) -> None:
    alice.user.is_active = False
    alice.user.save()
    assert code(alice.send(client, "GET", ORDERS)) == (401, "INVALID_KEY")


@pytest.mark.parametrize(
    "signature",
    ["", "00", "0" * 64, "UPPER", "BASE64", "none", "x" * 5000],
)
@pytest.mark.parametrize("kind", KeyKind)
def test_a_wrong_signature_is_refused(client: httpx.Client, db: None, kind: KeyKind, signature: str) -> None:
    carol = person("carol", kind=kind)
    headers = carol.headers("GET", ORDERS)
    right = headers["X-SIGNATURE"]
    spelled = {"UPPER": right.upper() + "A" * (right.upper() == right), "BASE64": _other_spelling(right)}
    headers["X-SIGNATURE"] = spelled.get(signature, signature)
    assert code(client.get(ORDERS, headers=headers)) == (401, "INVALID_SIGNATURE")


def _other_spelling(signature: str) -> str:
    return base64.b64encode(signature.encode()).decode()


def test_the_client_cannot_choose_the_algorithm(client: httpx.Client, db: None) -> None:
    carol, dave = person("carol"), person("dave", kind=KeyKind.ED25519)
    headers = dave.headers("GET", ORDERS) | {"X-API-KEY": carol.key, "X-ALGORITHM": "ed25519", "alg": "none"}
    assert code(client.get(ORDERS, headers=headers)) == (401, "INVALID_SIGNATURE")


@BOTH
@pytest.mark.parametrize("part", ["body", "query", "path", "method", "nonce", "timestamp"])
def test_what_was_signed_cannot_be_changed(client: httpx.Client, alice: Person, path: str, part: str) -> None:
    body = b'{"symbol":"BTC-USDB","side":"BUY","price":"1"}'
    target, method, sent = f"{path}?limit=1", "POST", body
    headers = alice.headers(method, target, body) | {"Content-Type": "application/json"}
    if part == "body":
        sent = body.replace(b"BUY", b"SELL")
    elif part == "query":
        target = f"{path}?limit=2"
    elif part == "path":
        target = target.replace("/orders", "/pay").replace("/view-orders", "/view-pay")
    elif part == "method":
        method, sent = "GET", b""
    elif part == "nonce":
        headers["X-NONCE"] += "0"
    else:
        headers["X-TIMESTAMP"] = str(int(headers["X-TIMESTAMP"]) + 1)
    assert code(client.request(method, target, content=sent, headers=headers)) == (401, "INVALID_SIGNATURE")


def test_an_exact_replay_is_refused(client: httpx.Client, alice: Person) -> None:
    headers = alice.headers("GET", ORDERS)
    assert client.get(ORDERS, headers=headers).status_code == 200
    assert code(client.get(ORDERS, headers=headers)) == (401, "NONCE_REUSED")


def test_a_wider_window_does_not_revive_a_nonce(client: httpx.Client, alice: Person) -> None:
    headers = alice.headers("GET", ORDERS)
    assert client.get(ORDERS, headers=headers).status_code == 200
    again = client.get(ORDERS, headers=headers | {"X-RECV-WINDOW": "60000"})
    assert code(again) == (401, "NONCE_REUSED")


def test_two_people_may_use_the_same_nonce(client: httpx.Client, alice: Person, bob: Person) -> None:
    assert alice.send(client, "GET", ORDERS, nonce="same").status_code == 200
    assert bob.send(client, "GET", ORDERS, nonce="same").status_code == 200


def test_a_refused_signature_does_not_use_the_nonce_up(client: httpx.Client, alice: Person) -> None:
    headers = alice.headers("GET", ORDERS)
    assert client.get(ORDERS, headers=headers | {"X-SIGNATURE": "0" * 64}).status_code == 401
    assert client.get(ORDERS, headers=headers).status_code == 200


@pytest.mark.parametrize("nonce", ["", "a b", "n" * 65, "ä"])
def test_a_nonce_must_be_short_and_plain(client: httpx.Client, alice: Person, nonce: str) -> None:
    signed = alice.headers("GET", ORDERS, nonce="?") | {"X-NONCE": nonce}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in signed.items()]
    assert code(client.get(ORDERS, headers=headers)) == (401, "NONCE_REUSED")


@pytest.mark.parametrize(
    ("age_ms", "window_ms", "answer"),
    [
        (0, None, 200),
        (4_000, None, 200),
        (6_000, None, 401),
        (6_000, 10_000, 200),
        (59_000, 60_000, 200),
        (61_000, 60_000, 401),
        (-500, None, 200),
        (-2_000, None, 401),
        (-2_000, 60_000, 401),
    ],
)
def test_a_timestamp_is_good_within_the_window(
    client: httpx.Client, alice: Person, age_ms: int, window_ms: int | None, answer: int
) -> None:
    response = alice.send(client, "GET", ORDERS, timestamp_ms=now_ms() - age_ms, window_ms=window_ms)
    assert response.status_code == answer
    if answer == 401:
        assert code(response) == (401, "TIMESTAMP")


@pytest.mark.parametrize("timestamp", ["", "0", "-1", "1e3", "١٢٣", "9" * 30, "2026-01-01T00:00:00Z"])
def test_a_malformed_timestamp_is_refused(client: httpx.Client, alice: Person, timestamp: str) -> None:
    headers: dict[str, Any] = alice.headers("GET", ORDERS)
    headers["X-TIMESTAMP"] = timestamp.encode()
    assert code(client.get(ORDERS, headers=headers)) == (401, "TIMESTAMP")


@pytest.mark.parametrize("window", ["0", "-1", "1000000000", "60001", "1.5", "x", "05"])
def test_the_receive_window_is_bounded(client: httpx.Client, alice: Person, window: str) -> None:
    headers = alice.headers("GET", ORDERS) | {"X-RECV-WINDOW": window}
    assert code(client.get(ORDERS, headers=headers)) == (400, "RECV_WINDOW")


def test_a_header_that_decides_may_stand_only_once(client: httpx.Client, alice: Person) -> None:
    headers = [*alice.headers("GET", ORDERS).items(), ("X-API-KEY", alice.key)]
    assert code(client.get(ORDERS, headers=headers)) == (400, "DUPLICATE_PARAM")


@pytest.mark.parametrize(
    ("scopes", "method", "path", "answer"),
    [
        ([Scope.READ], "GET", ORDERS, 200),
        ([Scope.READ], "POST", ORDERS, 403),
        ([Scope.READ], "POST", VIEW_ORDERS, 403),
        ([Scope.TRADE], "POST", ORDERS, 200),
        ([Scope.TRADE], "GET", ORDERS, 403),
        ([Scope.READ, Scope.TRADE], "POST", "/api/v1/test/withdraw", 403),
        ([Scope.WITHDRAW], "POST", "/api/v1/test/withdraw", 200),
    ],
)
def test_a_key_may_do_what_its_scopes_say(
    client: httpx.Client, db: None, scopes: list[Scope], method: str, path: str, answer: int
) -> None:
    carol = person("carol", scopes=scopes, allowed_networks=["127.0.0.0/8"])
    response = carol.send(client, method, path, ORDER if method == "POST" else None)
    assert response.status_code == answer, response.text
    if answer == 403:
        assert code(response) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("networks", "answer"), [(["127.0.0.1"], 200), (["127.0.0.0/8", "::1"], 200), (["10.0.0.0/8"], 403)]
)
def test_a_key_is_bound_to_its_networks(
    client: httpx.Client, db: None, networks: list[str], answer: int
) -> None:
    carol = person("carol", allowed_networks=networks)
    response = carol.send(client, "GET", ORDERS)
    assert response.status_code == answer
    if answer == 403:
        assert code(response) == (403, "IP_NOT_ALLOWED")


def test_what_a_client_says_of_its_address_is_not_believed(client: httpx.Client, db: None) -> None:
    carol = person("carol", allowed_networks=["10.0.0.0/8"])
    spoofed = {"X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.1", "Forwarded": "for=10.0.0.1"}
    assert code(carol.send(client, "GET", ORDERS, headers=spoofed)) == (403, "IP_NOT_ALLOWED")


def test_behind_one_trusted_proxy_its_own_word_counts_and_the_clients_does_not(
    client: httpx.Client, settings: Any
) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    response = client.get("/api/v1/test/public", headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"})
    assert response.json()["ip"] == "203.0.113.9"


@pytest.mark.parametrize(
    "query",
    [
        "api_key=1",
        "X-API-KEY=1",
        "apikey=x",
        "signature=0",
        "symbol=BTC-USDB&secret=s",
        "ticket=1",
        "token=1",
    ],
)
def test_a_key_in_the_url_is_refused(client: httpx.Client, query: str) -> None:
    assert code(client.get(f"{ORDERS}?{query}")) == (400, "KEY_IN_URL")


def test_a_key_that_stood_in_a_url_is_flagged_once(client: httpx.Client, alice: Person) -> None:
    for _ in range(2):
        assert code(client.get(f"{ORDERS}?limit={alice.key}")) == (400, "KEY_IN_URL")
    assert ApiKey.objects.get(pk=alice.key_id).exposed_at is not None
    noted = AuditEntry.objects.filter(action="api_key.exposed", subject=f"api_key:{alice.key}")
    assert noted.count() == 1


def test_the_last_use_is_noted_with_its_address(client: httpx.Client, alice: Person) -> None:
    alice.send(client, "GET", ORDERS)
    alice.send(client, "GET", ORDERS)
    for _ in range(100):
        key = ApiKey.objects.get(pk=alice.key_id)
        if key.last_used_at is not None:
            break
    assert key.last_used_ip == "127.0.0.1"
