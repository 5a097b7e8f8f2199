"""The front door counts what it answers, by the name of what answered and never by what a client wrote."""

import httpx
import pytest
from prometheus_client import REGISTRY

from access.errors import RateLimited
from access.limits import Bucket, LocalLimits
from access.meters import note_request


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_requests_are_counted_by_endpoint_method_and_status(client: httpx.Client) -> None:
    def counted(endpoint: str, status: int, method: str = "GET") -> float:
        labels = {"endpoint": endpoint, "method": method, "status": str(status)}
        return value("ballast_http_requests_total", **labels)

    asked = [
        ("/api/v1/time", "TimeEndpoint", 200),
        ("/api/v1/no-such-thing", "unknown", 404),
        ("/healthz/live", "/healthz/live", 200),
        ("/admin/login/", "pages", 200),
    ]
    for path, endpoint, status in asked:
        before = counted(endpoint, status)
        assert client.get(path).status_code == status
        assert counted(endpoint, status) == before + 1, path
    before = counted("/healthz/live", 405, "POST")
    assert client.post("/healthz/live").status_code == 405
    assert counted("/healthz/live", 405, "POST") == before + 1


def test_a_made_up_method_has_no_label_of_its_own() -> None:
    note_request("here", "BREW", 405, 0.0)
    labels = {"endpoint": "here", "status": "405"}
    assert value("ballast_http_requests_total", method="OTHER", **labels) == 1
    assert value("ballast_http_requests_total", method="BREW", **labels) == 0


def test_refusals_for_the_rate_are_counted_by_kind() -> None:
    before = value("ballast_rate_limited_total", kind="ip")
    with pytest.raises(RateLimited):
        LocalLimits().take(Bucket("ip:203.0.113.9", 1, 1), 2, 1_000)
    assert value("ballast_rate_limited_total", kind="ip") == before + 1


def test_how_long_it_took_is_told_by_endpoint_method_and_kind_of_answer() -> None:
    def took(method: str, status_class: str) -> float:
        labels = {"endpoint": "there", "method": method, "status_class": status_class}
        return value("ballast_http_request_seconds_count", **labels)

    for status in (200, 201, 404, 503, 0):
        note_request("there", "GET", status, 0.0)
    note_request("there", "POST", 200, 0.0)
    assert [took("GET", kind) for kind in ("2xx", "4xx", "5xx", "gone")] == [2, 1, 1, 1]
    assert took("POST", "2xx") == 1
    assert value("ballast_http_requests_total", endpoint="there", method="GET", status="gone") == 1
