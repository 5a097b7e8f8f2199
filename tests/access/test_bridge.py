"""The bridge to Django: pages, static files, streams, and what it must not let through."""

import socket
import time
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from rest_framework.views import APIView

from access import bridge
from access.bridge import environ_of
from access.http import operations_of
from access.threads import work_pool
from tests.access.people import Person


def test_a_page_comes_with_its_cookie(client: httpx.Client) -> None:
    response = client.get("/admin/login/")
    assert response.status_code == 200
    assert "csrftoken" in response.cookies


def test_a_static_file_is_served_whole(client: httpx.Client) -> None:
    response = client.get(f"{settings.STATIC_URL}admin/css/base.css", headers={"Accept-Encoding": "identity"})
    assert response.headers["content-type"].startswith("text/css")
    assert len(response.content) == int(response.headers["content-length"])


def test_a_head_request_gets_no_body(client: httpx.Client) -> None:
    response = client.head(f"{settings.STATIC_URL}admin/css/base.css")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    ["/static/../config/settings.py", "/static/%2e%2e/manage.py", "/.git/config", "/.env", "/settings.py"],
)
def test_nothing_beside_the_static_files_is_served(port: int, client: httpx.Client, path: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 404"), answer
    assert b"SECRET_KEY" not in answer


def test_a_large_page_streams(client: httpx.Client) -> None:
    response = client.get("/large-page")
    assert len(response.content) == 5_000_000
    assert response.content[:1] == b"A"
    assert response.content[-1:] == b"X"


def test_readers_that_stall_hold_no_thread(port: int, client: httpx.Client) -> None:
    stalled = [_stalled_reader(port) for _ in range(work_pool._max_workers * 3)]
    time.sleep(0.2)
    assert client.get("/admin/login/").elapsed.total_seconds() < 2
    for connection in stalled:
        connection.close()
    assert len(client.get("/large-page").content) == 5_000_000


def _stalled_reader(port: int) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(b"GET /large-page HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection


def test_a_reader_that_leaves_in_the_middle_leaves_no_trace(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        connection = _stalled_reader(port)
        connection.recv(1024)
        time.sleep(0.1)
        connection.close()
    time.sleep(0.5)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_more_requests_than_may_wait_are_refused(
    client: httpx.Client, shared: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "MAX_WAITING", 0)
    response = shared.send(client, "GET", "/api/v1/test/view-orders")
    assert (response.status_code, response.json()["error"]["part"]) == (503, "web")
    assert client.get("/admin/login/").status_code == 503


def test_a_page_for_a_foreign_host_is_refused(client: httpx.Client) -> None:
    assert client.get("/admin/login/", headers={"Host": "evil.com"}).status_code == 400


def test_a_view_cannot_be_reached_past_the_front_door(client: httpx.Client, settings: Any) -> None:
    for path in ("/api/v1/api-keys", "/api/v1/time"):
        assert Client().get(path).status_code == 404


def test_a_header_with_an_underscore_is_dropped() -> None:
    scope: dict[str, Any] = {
        "method": "GET",
        "path": "/é",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(b"x_forwarded_for", b"1"), (b"a-b", b"2"), (b"cookie", b"x=1"), (b"cookie", b"y=2")],
    }
    environ = environ_of(scope, b"body", "203.0.113.9", "https")
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert (environ["HTTP_A_B"], environ["HTTP_COOKIE"]) == ("2", "x=1; y=2")
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == ("203.0.113.9", "https")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é"


def test_a_view_that_declares_nothing_admits_nobody() -> None:
    assert operations_of(APIView) == {}
