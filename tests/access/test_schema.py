"""The OpenAPI document: made from the declarations that admit, read by a page that loads nothing foreign."""

from typing import Any

import httpx
import pytest

from access.errors import DomainError


@pytest.fixture(scope="module")
def document(port: int) -> Any:
    return httpx.get(f"http://127.0.0.1:{port}/api/openapi.json").json()


def test_it_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")


def test_each_kind_of_endpoint_stands_in_it(document: Any) -> None:
    assert {"get", "post"} <= document["paths"]["/api/v1/test/orders"].keys()
    assert {"get", "post"} <= document["paths"]["/api/v1/test/view-orders"].keys()
    assert "get" in document["paths"]["/api/v1/time"]


def test_a_field_is_documented_by_what_parses_it(document: Any) -> None:
    order = document["components"]["schemas"]["OrderBody"]["properties"]
    assert order["amount"]["pattern"] == r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?$"
    assert document["components"]["schemas"]["SideEnum"]["enum"] == ["BUY", "SELL"]
    assert order["leverage"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 1}
    assert document["components"]["schemas"]["OrderBody"]["required"] == ["price", "side", "symbol"]


def test_the_query_is_documented(document: Any) -> None:
    parameters = document["paths"]["/api/v1/test/orders"]["get"]["parameters"]
    named = {one["name"] for one in parameters if one["in"] == "query"}
    assert named == {"symbol", "since", "limit", "open"}


def test_every_operation_says_who_may_call_it(document: Any) -> None:
    operations = {path: document["paths"][path] for path in document["paths"]}
    signed: dict[str, list[str]] = {"key": [], "timestamp": [], "nonce": [], "signature": []}
    assert operations["/api/v1/test/orders"]["get"]["security"] == [signed, {"session": []}]
    assert operations["/api/v1/api-keys"]["post"]["security"] == [{"session": []}]
    assert operations["/api/v1/time"]["get"]["security"] == [{}]
    schemes = document["components"]["securitySchemes"]
    assert {"key", "timestamp", "nonce", "signature", "session"} <= schemes.keys()


def test_every_operation_shows_the_one_envelope(document: Any) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            schema = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}
    assert "error" in document["components"]["schemas"]["Error"]["properties"]


def test_the_idempotency_key_is_documented(document: Any) -> None:
    parameters = document["paths"]["/api/v1/test/pay"]["post"]["parameters"]
    assert "Idempotency-Key" in {one["name"] for one in parameters if one["in"] == "header"}


def test_the_page_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/api/docs/").text
    assert "swagger-ui" in page
    assert "https://" not in page
    assert "//cdn" not in page


def every_error(base: type[DomainError] = DomainError) -> set[type[DomainError]]:
    return {base}.union(*(every_error(child) for child in base.__subclasses__()))


def test_no_two_refusals_share_a_code() -> None:
    ours = [error for error in every_error() if error.__module__.startswith("access.")]
    codes = [error.code for error in ours if "code" in vars(error)]
    assert len(codes) == len(set(codes))
