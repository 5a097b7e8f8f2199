"""The document's schemas as Python types: names, annotations, and which type needs which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.sdk.names import type_name

Schema = dict[str, Any]

# A decimal string of however many places.
DECIMAL = re.compile(re.escape(r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,") + r"[0-9]+" + re.escape("})?$"))
_PLAIN = {
    "object": "dict[str, object]",
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "null": "None",
    "number": "float",
}
_PREFIX = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Annotation:
    """`text` is Python; `uses` are the named types in it."""

    text: str
    uses: frozenset[str] = frozenset()


@dataclass
class Schemas:
    """Named types, by the name that they have in Python: objects and choices."""

    objects: dict[str, Schema] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Schema) -> "Schemas":
        found = cls()
        components = document["components"]["schemas"].items()
        found.choices = {type_name(name): schema["enum"] for name, schema in components if "enum" in schema}
        for component, schema in components:
            if schema["type"] == "object":
                found._add(type_name(component), schema)
        for schema in list(found.objects.values()):
            found._add_titled(schema)
        return found

    def _add(self, name: str, schema: Schema) -> None:
        assert name not in self.objects.keys() | self.choices.keys(), f"two types would be named {name}"
        self.objects[name] = schema

    def _add_titled(self, schema: Schema) -> None:
        """Objects that stand within others are named by their title."""
        for member in schema.get("properties", {}).values():
            items = member.get("items", {})
            if "title" in items and type_name(items["title"]) not in self.objects:
                self._add(type_name(items["title"]), items)

    def annotate(self, schema: Schema, *, sent: bool = False) -> Annotation:
        """Of a value that is answered or, with `sent`, that is sent: there an amount may be a Decimal."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_PREFIX)
            return Annotation("None") if name == "NullEnum" else _named(type_name(name))
        if "title" in schema and type_name(schema["title"]) in self.objects:
            return _named(type_name(schema["title"]))
        for joined in ("allOf", "oneOf"):
            if joined in schema:
                return _union([self.annotate(one, sent=sent) for one in schema[joined]])
        if "enum" in schema:
            return _named(self.choice_of(schema["enum"]))
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return _union([self._one(kind, schema, sent) for kind in kinds])

    def _one(self, kind: str, schema: Schema, sent: bool) -> Annotation:
        if kind == "array":
            return self._array(schema, sent)
        if kind == "string" and sent and DECIMAL.fullmatch(schema.get("pattern", "")):
            return _named("Amount")
        return Annotation(_PLAIN[kind])

    def _array(self, schema: Schema, sent: bool) -> Annotation:
        item = self.annotate(schema["items"], sent=sent)
        if schema.get("minItems") == schema.get("maxItems") == 2:
            return Annotation(f"tuple[{item.text}, {item.text}]", item.uses)
        return Annotation(f"{'Sequence' if sent else 'list'}[{item.text}]", item.uses)

    def choice_of(self, values: list[str]) -> str:
        return next(name for name, known in self.choices.items() if known == values)

    def needs(self, name: str) -> Iterator[str]:
        """The named types that an object's members have."""
        for member in self.objects.get(name, {}).get("properties", {}).values():
            yield from self.annotate(member, sent=name.endswith("Form")).uses


def _named(name: str) -> Annotation:
    return Annotation(name, frozenset({name}))


def _union(parts: list[Annotation]) -> Annotation:
    texts = list(dict.fromkeys(part.text for part in parts))
    return Annotation(" | ".join(texts), frozenset().union(*(part.uses for part in parts)))
