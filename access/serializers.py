"""Objects and lists of the strict front door's fields: what a body, a query or an operation may hold.

`StrictSerializer.parse` is the path of the event loop; its `json_schema` documents the same.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import empty

from access.errors import DomainError, InvalidType, MissingField, OutOfRange, UnknownField
from access.fields import MAX_TEXT, Schema, StrictField


class ListField(StrictField):
    """A JSON list of `minimum` to `maximum` things of one kind. Errors name `list[index]`."""

    def __init__(
        self, child: "StrictField | type[StrictSerializer]", *, minimum: int = 1, maximum: int, **options: Any
    ) -> None:
        self.child = child
        self.minimum = minimum
        self.maximum = maximum
        super().__init__(**options)

    def parse(self, value: object) -> list[Any]:
        if type(value) is not list:
            raise InvalidType("The value must be a list.")
        if not self.minimum <= len(value) <= self.maximum:
            raise OutOfRange(f"The list must have {self.minimum} to {self.maximum} members.")
        return [_parse_named(self.child, f"[{index}]", member) for index, member in enumerate(value)]

    def schema(self) -> Schema:
        child = self.child
        items = child.schema() if isinstance(child, StrictField) else child.json_schema()
        return {"type": "array", "items": items, "minItems": self.minimum, "maxItems": self.maximum}


def _parse_named(field: "StrictField | type[StrictSerializer]", name: str, value: Any) -> Any:
    try:
        return field.parse(value)
    except DomainError as error:
        inner = error.field
        error.field = f"{name}{'' if not inner or inner[0] == '[' else '.'}{inner}"
        raise


class StrictSerializer(serializers.Serializer[Any]):
    """An object whose every field is a `StrictField`. Unknown fields are refused, nothing is coerced.

    `parse` (JSON) and `parse_query` (text) need no instance; DRF's own entry calls the same code.
    """

    strict_fields: ClassVar[dict[str, StrictField]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.strict_fields = {}
        for name, field in cls._declared_fields.items():
            assert isinstance(field, StrictField), f"{cls.__name__}.{name} must be a StrictField"
            cls.strict_fields[name] = field

    @classmethod
    def parse(cls, data: object) -> dict[str, Any]:
        if type(data) is not dict:
            raise InvalidType("The value must be an object.")
        fields = cls.strict_fields
        values: dict[str, Any] = {}
        for name, value in data.items():
            field = fields.get(name)
            if field is None:
                raise UnknownField(field=name[:MAX_TEXT])
            if value is None and field.allow_null:
                values[name] = None
            else:
                values[name] = _parse_named(field, name, value)
        return cls._completed(values)

    @classmethod
    def parse_query(cls, parameters: Mapping[str, str]) -> dict[str, Any]:
        fields = cls.strict_fields
        values: dict[str, Any] = {}
        for name, text in parameters.items():
            field = fields.get(name)
            if field is None:
                raise UnknownField(field=name[:MAX_TEXT])
            try:
                values[name] = field.parse_text(text)
            except DomainError as error:
                error.field = name
                raise
        return cls._completed(values)

    @classmethod
    def _completed(cls, values: dict[str, Any]) -> dict[str, Any]:
        fields = cls.strict_fields
        if len(values) != len(fields):
            for name, field in fields.items():
                if name in values:
                    continue
                if field.required:
                    raise MissingField(field=name)
                values[name] = None if field.default is empty else field.default
        cls.check_together(values)
        return values

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> None:
        """Override to refuse values that exclude each other. Every declared name is present."""

    @classmethod
    def json_schema(cls) -> Schema:
        fields = cls.strict_fields
        return {
            "title": cls.__name__,
            "type": "object",
            "properties": {name: field.schema() for name, field in fields.items()},
            "required": [name for name, field in fields.items() if field.required],
            "additionalProperties": False,
        }

    def run_validation(self, data: Any = empty) -> dict[str, Any]:
        return self.parse(data)
