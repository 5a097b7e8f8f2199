"""What only raw bytes on a socket can say: endless bodies, slow heads, odd paths, methods nobody knows."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from access import guard, messages
from tests.access.people import ORDER, Person, code

ORDERS = "/api/v1/test/orders"


def spoken(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces and read until the server closes, or until it has been quiet for two seconds."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        return b"".join(_received(connection))


def _received(connection: socket.socket) -> Iterator[bytes]:
    try:
        while chunk := connection.recv(65536):
            yield chunk
    except OSError:
        return


def parsed(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower(), answer
    return int(head.split()[1]), json.loads(body)["error"]["code"]


def head_of(alice: Person, *more: str, method: str = "POST", body: bytes = b"") -> bytes:
    signed = alice.headers(method, ORDERS, body)
    lines = [f"{method} {ORDERS} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in signed.items()]
    return "\r\n".join([*lines, *more, "", ""]).encode()


def test_a_large_body_is_refused_by_its_length_and_the_connection_closed(port: int, shared: Person) -> None:
    answer = spoken(port, head_of(shared, f"Content-Length: {1 << 30}"), b"{" * 100_000)
    assert parsed(answer) == (413, "PAYLOAD_TOO_LARGE")
    assert b"connection: close" in answer


def test_an_endless_body_is_cut_off(port: int, shared: Person) -> None:
    piece = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    answer = spoken(port, head_of(shared, "Transfer-Encoding: chunked"), *[piece] * 300)
    assert parsed(answer) == (413, "PAYLOAD_TOO_LARGE")


def test_three_megabytes_are_refused_and_the_client_reads_why(client: httpx.Client, shared: Person) -> None:
    response = shared.send(client, "POST", ORDERS, body=b" " * 3_000_000)
    assert code(response) == (413, "PAYLOAD_TOO_LARGE")
    assert response.headers["connection"] == "close"


def test_an_order_may_be_smaller_than_other_bodies_only(client: httpx.Client, shared: Person) -> None:
    padded = ORDER | {"note": "x" * 17_000}
    assert code(shared.send(client, "POST", ORDERS, padded)) == (413, "PAYLOAD_TOO_LARGE")
    assert code(shared.send(client, "POST", "/api/v1/test/view-orders", padded)) == (400, "INVALID_TEXT")


def test_a_body_that_stops_is_timed_out(port: int, shared: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "BODY_SECONDS", 0.3)
    answer = spoken(port, head_of(shared, "Content-Length: 100"), b"{")
    assert parsed(answer) == (408, "REQUEST_TIMEOUT")
    assert b"connection: close" in answer


@pytest.mark.parametrize("start", [b"GET /api/v1/time HTTP/1.1\r\nHost: loc", b"", b"\r\n", b"G"])
def test_a_head_that_does_not_end_is_timed_out(
    port: int, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.3)
    assert parsed(spoken(port, start)) == (408, "REQUEST_TIMEOUT")


def test_a_head_that_trickles_in_is_timed_out(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.3)
    pieces = [b"GET /api/v1/time HTTP/1.1\r\n", *[b"X: y\r\n"] * 10]
    assert parsed(spoken(port, *pieces, pause=0.1)) == (408, "REQUEST_TIMEOUT")


def test_a_second_request_on_a_connection_may_not_trickle_either(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.3)
    first = b"GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = spoken(port, first, b"GET /healthz", pause=0.1)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 408" in answer


def test_a_long_url_is_refused(client: httpx.Client) -> None:
    assert code(client.get(f"/api/v1/time?limit={'1' * 9_000}")) == (414, "URI_TOO_LONG")
    assert client.get(f"/admin/login/?next={'a' * 9_000}").status_code == 414


def test_an_endless_url_is_cut_off(port: int) -> None:
    answer = spoken(port, b"GET /api/v1/time?x=", *[b"a" * 50_000] * 5)
    assert parsed(answer) == (431, "HEADERS_TOO_LARGE")


def test_a_thousand_headers_are_refused(client: httpx.Client) -> None:
    headers = {f"X-{number}": "1" for number in range(1000)}
    assert code(client.get("/api/v1/time", headers=headers)) == (431, "HEADERS_TOO_LARGE")


def chunked(alice: Person, body: bytes, *trailers: bytes) -> bytes:
    """A signed order in one chunk, with what trails it."""
    signed = alice.headers("POST", ORDERS, body)
    lines = [f"POST {ORDERS} HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
    lines += ["Transfer-Encoding: chunked", *(f"{name}: {value}" for name, value in signed.items())]
    head = "\r\n".join([*lines, "", ""]).encode()
    return head + b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(body), body, b"".join(trailers))


def test_what_trails_a_body_is_no_header(port: int, alice: Person, settings: Any) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    body = json.dumps(ORDER).encode()
    answer = spoken(port, chunked(alice, body, b"X-Forwarded-For: 6.6.6.6\r\n", b"X-API-KEY: other\r\n"))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"ip":"127.0.0.1"' in answer


@pytest.mark.parametrize("start", [b"0\r\nX-Endless: ", b"0;extension="])
def test_an_endless_trailer_is_cut_off(port: int, shared: Person, start: bytes) -> None:
    head = head_of(shared, "Transfer-Encoding: chunked")
    assert parsed(spoken(port, head + start, *[b"a" * 50_000] * 20)) == (431, "HEADERS_TOO_LARGE")


def test_a_client_that_never_reads_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "UNREAD_SECONDS", 1.0)
    asked = b"GET /large-page HTTP/1.1\r\nHost: localhost\r\n\r\n" * 4
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(asked)
        time.sleep(4)
        received = sum(len(chunk) for chunk in _received(connection))
    assert received < 4 * 5_000_000


@pytest.mark.parametrize("size", [40_000, 100_000, 400_000])
def test_a_large_cookie_is_refused(client: httpx.Client, size: int) -> None:
    response = client.get("/api/v1/time", headers={"Cookie": "a=" + "b" * size})
    assert response.status_code == 431
    assert response.json()["error"]["code"] == "HEADERS_TOO_LARGE"


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/../admin",
        "/api/v1/../v1/time",
        "/api/v1/%2e%2e/admin",
        "/api/v1/./time",
        "/api/v1//time",
        "//api/v1/time",
        "/api/v1/time/",
        "/api/v1/time;.css",
        "/api/v1/time.css",
        "/api/v1/time.",
        "/api/v1/tim%65",
        "/api/v1%2Ftime",
        "/api/v1/time%20",
        "/api/v1/time\\",
        "/api/v1/test/orders/%ff",
        "/api",
        "/api/",
        "/api/v2/time",
        "/api/v1/operator/users",
    ],
)
def test_an_odd_path_is_nowhere_and_is_not_cached(port: int, target: str) -> None:
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = spoken(port, request.encode())
    assert parsed(answer) == (404, "NOT_FOUND")
    assert b"cache-control: no-store" in answer


@pytest.mark.parametrize("method", ["FOO", "get", "TRACE", "BREW"])
def test_an_unknown_method_is_not_allowed(port: int, method: str) -> None:
    request = f"{method} /api/v1/time HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert parsed(spoken(port, request.encode())) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET /api/v1/time HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"CONNECT evil.com:443 HTTP/1.1\r\nHost: evil.com\r\n\r\n",
        b"POST /api/v1/time HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/time HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /api/v1/time HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET /api/v1/time HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET /api/v1/time HTTP/1.1\nX\x00: 1\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_and_the_connection_closed(port: int, request_bytes: bytes) -> None:
    answer = spoken(port, request_bytes)
    status, _ = parsed(answer)
    assert status in (400, 405)
    assert b"connection: close" in answer


def test_a_client_that_leaves_early_leaves_no_trace(
    port: int, shared: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head_of(shared, "Content-Length: 100") + b"{")
    time.sleep(0.2)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_websocket_where_there_is_none_is_declined(port: int) -> None:
    request = (
        b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert spoken(port, request).startswith(b"HTTP/1.1 404")


def test_the_process_says_that_it_lives_whatever_host_is_asked(client: httpx.Client) -> None:
    response = client.get("/healthz/live", headers={"Host": "10.0.0.7"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
