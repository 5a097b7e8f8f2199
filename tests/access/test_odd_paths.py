"""A path has one spelling, and only what declares itself is an endpoint. And what pages may load."""

import base64
import hashlib

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from access.page_policy import HEADER, STRICT, PagePolicy, allow_own_inline
from access.routes import find_route

GOOD = ["/api/v1/time", "/api/v1/markets", "/api/v1/markets/BTC-USDB/book", "/api/v1/orders/17"]
ODD = [
    "/api/v1//time",
    "//api/v1/time",
    "/api/v1/./time",
    "/api/v1/../v1/time",
    "/api/v1/.time",
    "/api/v1/time.",
    "/api/v1/time./",
    "/api/v1/time;v=1",
    "/api/v1\\time",
    "/api/v1/time ",
    "/api/v1/time\t",
    "/api/v1/time\n",
    "/api/v1/time\0",
    "/api/v1/time\x7f",
    "/api/v1/orders/\ufffd",
]


@pytest.mark.parametrize("path", GOOD)
def test_a_declared_endpoint_is_found_under_its_one_spelling(path: str) -> None:
    route = find_route(path, path)
    assert route is not None
    assert "GET" in route.operations
    assert find_route(path, f"{path}?x=%41") is not None  # of the query another judges


@pytest.mark.parametrize("path", ODD, ids=ascii)
def test_another_spelling_of_a_path_leads_nowhere(path: str) -> None:
    assert find_route(path, path) is None


@pytest.mark.parametrize(
    "target", ["/api/v1/%74ime", "/%61pi/v1/time", "/api/v1%2Ftime", "/api/v1/time%00", "/api/v1/time%20?x=1"]
)
def test_an_escape_of_what_needs_none_leads_nowhere(target: str) -> None:
    assert find_route("/api/v1/time", target) is None


@pytest.mark.parametrize(
    "path", ["", "/", "/api/v1", "/api/v1/", "/api/v1/time/", "/API/v1/time", "/api/v2/time", "/admin/login/"]
)
def test_what_declares_no_operation_is_no_endpoint(path: str) -> None:
    assert find_route(path, path) is None


def test_the_part_of_a_path_that_names_something_is_handed_on() -> None:
    route = find_route("/api/v1/markets/BTC-USDB/book", "/api/v1/markets/BTC-USDB/book")
    assert route is not None
    assert list(route.arguments.values()) == ["BTC-USDB"]


def served(path: str, **headers: str) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers=headers)

    return PagePolicy(view)(RequestFactory().get(path))


def test_a_page_loads_from_us_alone_and_is_framed_by_nobody() -> None:
    policy = dict(part.split(" ", 1) for part in served("/").headers[HEADER].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in STRICT
    assert "http" not in STRICT
    assert "camera=()" in served("/").headers["Permissions-Policy"]


def test_pages_of_operators_are_kept_by_no_browser() -> None:
    assert served("/admin/").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in served("/docs").headers
    assert served("/admin/x", **{"Cache-Control": "private"}).headers["Cache-Control"] == "private"


def test_a_view_may_bring_a_policy_of_its_own() -> None:
    assert served("/", **{HEADER: "default-src 'self'"}).headers[HEADER] == "default-src 'self'"


def hashed(content: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}'"


def test_a_script_of_a_foreign_template_runs_by_its_hash_only() -> None:
    response = HttpResponse(b"<script>\nalert(1)\n</script><style>p{}</style><script>two</script>")
    allow_own_inline(response)
    policy = response.headers[HEADER]
    first, second, style = hashed(b"\nalert(1)\n"), hashed(b"two"), hashed(b"p{}")
    assert f"script-src 'self' {first} {second};" in policy
    assert f"style-src 'self' {style};" in policy
    assert "unsafe-inline" not in policy


def test_of_a_script_from_elsewhere_there_is_no_hash() -> None:
    response = HttpResponse(b'<script src="https://evil.example/x.js"></script>')
    allow_own_inline(response)
    assert response.headers[HEADER] == STRICT
