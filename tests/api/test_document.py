"""The OpenAPI document: complete enough to write a client from it without reading anything else."""

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.api.document import Document, Schema
from tests.api.house import House
from tests.api.people import order, transfer

METHODS = ["get", "post", "delete"]


def operations(document: Document) -> dict[str, Schema]:
    return {
        f"{method} {path}": operation
        for path, methods in document.content["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_of_a_version_that_tools_read_and_says_how_to_sign(document: Document) -> None:
    assert document.content["openapi"].startswith("3.1.")
    for word in ("X-SIGNATURE", "SHA-256", "Idempotency-Key", "client_order_id", "504"):
        assert word in document.content["info"]["description"]
    schemes = document.content["components"]["securitySchemes"]
    assert {scheme["name"] for scheme in schemes.values() if scheme["in"] == "header"} == {
        "X-API-KEY",
        "X-TIMESTAMP",
        "X-NONCE",
        "X-SIGNATURE",
    }
    assert all(scheme["description"] for scheme in schemes.values())


def test_every_operation_is_named_described_and_tagged(document: Document) -> None:
    found = operations(document)
    assert len({operation["operationId"] for operation in found.values()}) == len(found) >= 21
    tags = {tag["name"] for tag in document.content["tags"]}
    for name, operation in found.items():
        assert operation["operationId"].replace("_", "").isalpha(), name
        assert operation["summary"], name
        assert set(operation["tags"]) < tags, name
        assert "event loop" not in operation.get("description", ""), name


def test_every_answer_has_a_shape_and_every_refusal_the_same(document: Document) -> None:
    error = {"$ref": "#/components/schemas/Error"}
    for name, operation in operations(document).items():
        answers = operation["responses"]
        assert answers["default"]["content"]["application/json"]["schema"] == error, name
        for status, answer in answers.items():
            assert answer["description"], name
            assert status == "204" or answer["content"]["application/json"]["schema"], name


def test_every_parameter_of_a_path_is_declared(document: Document) -> None:
    for name, operation in operations(document).items():
        declared = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert declared == {part.strip("{}") for part in name.split("/") if part.startswith("{")}, name


def test_what_moves_money_declares_its_idempotency_key(document: Document) -> None:
    found = operations(document)
    for name in ("post /api/v1/transfers", "post /api/v1/faucet"):
        keys = [one for one in found[name]["parameters"] if one["name"] == "Idempotency-Key"]
        assert [one["required"] for one in keys] == [True]


def test_signed_operations_declare_the_receive_window(document: Document) -> None:
    for name, operation in operations(document).items():
        signed = any("signature" in way for way in operation["security"])
        names = {one["name"] for one in operation.get("parameters", [])}
        assert ("X-RECV-WINDOW" in names) == signed, name


def test_the_schemas_are_schemas(document: Document) -> None:
    for schema in document.content["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders", order()),
        ("orders/batch", {"orders": [order()]}),
        ("orders/cancel-batch", {"orders": [{"order_id": "64"}]}),
        ("transfers", transfer()),
        ("faucet", {"asset": "BTC", "amount": "1"}),
    ],
)
def test_bodies_are_documented_as_they_are_taken(document: Document, path: str, body: dict[str, Any]) -> None:
    content = document.content["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    whole = {**content["schema"], "components": document.content["components"]}
    validator = Draft202012Validator(whole)
    validator.validate(body)
    for example in content["examples"].values():
        validator.validate(example["value"])
    assert not validator.is_valid({**body, "unknown": "1"})
    assert not validator.is_valid(dict.fromkeys(body, 1))
    for name in body.keys() & set(document.content["components"]["schemas"]["OrderForm"]["required"]):
        assert not validator.is_valid({key: value for key, value in body.items() if key != name})


def test_the_page_shows_the_document_and_loads_nothing_from_elsewhere(house: House) -> None:
    page = httpx.get(f"{house.url}/api/docs/")
    assert page.status_code == 200
    assert "/api/openapi.json" in page.text
    assert "https://" not in page.text
    for source in [part.split('"')[0] for part in page.text.split('src="')[1:]]:
        assert httpx.get(f"{house.url}{source}").status_code == 200
