"""How drf-spectacular reads endpoints: handlers describe themselves, names come from methods and paths."""

import inspect
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema

from access.serializers import StrictSerializer

PREFIX = "/api/v1/"

Endpoint = tuple[str, str, str, Any]


class EndpointSchema(AutoSchema):
    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular
        """The handler's own docstring: an endpoint's class has nothing to say to clients."""
        return inspect.getdoc(getattr(self.view, self.method.lower(), None)) or ""

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema

    def get_operation_id(self) -> str:
        """`get_orders_by_order_id`: the method and the path."""
        parts = [self.method.lower()]
        for part in self.path.removeprefix(PREFIX).replace("-", "_").split("/"):
            if not part.startswith("{"):
                parts.append(part)
            elif not parts[-1].startswith("by_"):
                parts.append(f"by_{part.strip('{}')}")
        return "_".join(parts)


def only_the_api(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Without the document itself and the page that shows it."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def name_successes(result: dict[str, Any], **_: object) -> dict[str, Any]:
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if not response.get("description") and status.isdigit():
                    response["description"] = HTTPStatus(int(status)).phrase
    return result
