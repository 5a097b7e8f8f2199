"""Holds every answer against the OpenAPI document that the house serves."""

import json
import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

Schema = dict[str, Any]
_OPEN = ("Error", "ItemErrorDocument")  # some codes bring further values


class Document:
    """The served document, read more strictly than it is written: an answer may have no undeclared member."""

    def __init__(self, content: Schema) -> None:
        self.content = content
        self._closed = _closed(content["components"]["schemas"])
        # Literal paths first, so that /orders/by-client-id/x is not taken for an order's id.
        self._paths = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), operations)
            for path, operations in sorted(content["paths"].items(), key=lambda item: item[0].count("{"))
        ]
        self._validators: dict[int, Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> Schema | None:
        for pattern, operations in self._paths:
            if pattern.fullmatch(path):
                found: Schema | None = operations.get(method.lower())
                return found
        return None

    def check(self, response: httpx.Response) -> None:
        """A success must be declared under its status, a refusal as the default."""
        request = response.request
        if request.method == "HEAD":
            assert not response.content
            return
        operation = self.operation(request.method, request.url.path)
        if operation is None:
            assert response.status_code in (400, 404, 405, 413, 414), response.text
            return
        declared = operation["responses"].get(
            str(response.status_code), operation["responses"]["default"] if response.is_error else None
        )
        assert declared is not None, f"{response.status_code} is not declared: {response.text}"
        if "content" not in declared:
            assert not response.content
            return
        media_type = response.headers["content-type"].partition(";")[0]
        if media_type != "application/json":
            assert declared["content"][media_type]["schema"] == {"type": "string"}
            return
        self._validator(declared["content"]["application/json"]["schema"]).validate(json.loads(response.text))

    def _validator(self, schema: Schema) -> Draft202012Validator:
        if id(schema) not in self._validators:
            whole = {**schema, "components": {"schemas": self._closed}}
            self._validators[id(schema)] = Draft202012Validator(whole)
        return self._validators[id(schema)]


def _closed(schemas: Schema) -> Schema:
    return {
        name: schema if "properties" not in schema else {"additionalProperties": name in _OPEN, **schema}
        for name, schema in schemas.items()
    }
