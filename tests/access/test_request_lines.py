"""Which requests are worth a line, what it says, and whose number a request has."""

from collections.abc import Iterator

import httpx
import pytest
from pytest_django import Settings

from access import request_lines
from tests.access.people import Person
from tests.support.logged import Logged, logged

GIVEN = "0c1f8b7e-3a52-4a8e-9d3c-5f1f0f0e7a11"
PUBLIC = "/api/v1/test/public"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logged]:
    """Nothing is slow, however busy the machine is."""
    monkeypatch.setattr(request_lines, "SLOW_SECONDS", 60.0)
    with logged() as log:
        yield log


def test_a_request_makes_no_line(client: httpx.Client, log: Logged) -> None:
    assert client.get(PUBLIC).is_success
    assert log.lines() == []


def test_each_has_one_where_that_is_asked_for(
    client: httpx.Client, shared: Person, log: Logged, settings: Settings
) -> None:
    settings.LOG_REQUESTS = True
    response = shared.send(client, "GET", "/api/v1/test/orders?limit=5")
    (line,) = log.lines("access.request_lines")
    assert (line["event"], line["method"], line["path"]) == ("request", "GET", "/api/v1/test/orders")
    assert (line["endpoint"], line["status"]) == ("OrdersEndpoint", response.status_code)
    assert line["request_id"] == response.headers["x-request-id"]
    assert (line["user_id"], line["key_id"]) == (shared.user.pk, shared.key_id)
    assert line["ms"] > 0
    assert "limit=5" not in log.text


@pytest.mark.parametrize("path", ["/api/v1/test/fault", "/api/v1/test/view-fault"])
def test_what_fails_has_lines_with_its_number(client: httpx.Client, log: Logged, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 500
    numbers = {line["request_id"] for line in log.lines()}
    assert numbers == {response.headers["x-request-id"]}
    assert any("exception" in line for line in log.lines())
    (line,) = log.lines("access.request_lines")
    assert (line["level"], line["status"]) == ("warning", 500)


def test_what_is_slow_has_a_line(client: httpx.Client, log: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_lines, "SLOW_SECONDS", 0.0)
    response = client.get(PUBLIC)
    (line,) = log.lines("access.request_lines")
    assert (line["level"], line["request_id"]) == ("warning", response.headers["x-request-id"])


def test_how_the_house_is_can_be_asked_again_and_again(
    client: httpx.Client, log: Logged, settings: Settings
) -> None:
    settings.LOG_REQUESTS = True
    client.get("/healthz/live")
    assert log.lines() == []


def test_pages_say_their_number_too(client: httpx.Client) -> None:
    assert len(client.get("/admin/login/").headers["x-request-id"]) == 24


def test_a_stranger_names_no_request(client: httpx.Client) -> None:
    response = client.get(PUBLIC, headers={"X-Request-Id": GIVEN})
    assert response.headers["x-request-id"] != GIVEN


def test_a_proxy_of_ours_names_it(client: httpx.Client, settings: Settings) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    assert client.get(PUBLIC, headers={"X-Request-Id": GIVEN}).headers["x-request-id"] == GIVEN


@pytest.mark.parametrize("given", ["short", "x" * 65, "with blanks and more", 'a"quote-in-sixteen'])
def test_what_is_no_number_is_not_taken(client: httpx.Client, settings: Settings, given: str) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    response = client.get(PUBLIC, headers={"X-Request-Id": given})
    assert len(response.headers["x-request-id"]) == 24
