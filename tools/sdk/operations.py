"""The document's operations, read: what each takes, sends and gives, before it is written as Python."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tools.sdk.names import CHOICES, Named, method_of, type_name
from tools.sdk.schemas import Annotation, Schema, Schemas

_OF_THE_CLIENT = {"X-RECV-WINDOW"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """`place` is path, query or body. One that is not required may be None, and is then left out."""

    name: str
    place: str
    annotation: Annotation
    required: bool
    help: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    tag: str
    method: str
    path: str
    named: Named
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    answers: dict[int, Annotation]
    member: str
    member_type: Annotation | None
    rows: str
    row_type: Annotation | None
    signed: bool
    idempotent: bool
    has_csv: bool

    @property
    def result(self) -> Annotation:
        """What the method gives."""
        if self.member_type is not None:
            return self.member_type
        texts = dict.fromkeys(answer.text for answer in self.answers.values())
        uses = frozenset[str]().union(*(answer.uses for answer in self.answers.values()))
        return Annotation(" | ".join(texts), uses)

    def without(self, *names: str) -> "Operation":
        return replace(self, parameters=tuple(one for one in self.parameters if one.name not in names))


def operations_of(document: Schema, schemas: Schemas) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, content in methods.items():
            yield _operation(path, method.upper(), content, schemas)


def _operation(path: str, method: str, content: Schema, schemas: Schemas) -> Operation:
    successes = {int(status): answer for status, answer in content["responses"].items() if status.isdigit()}
    answers = {status: _answer(answer, schemas) for status, answer in successes.items()}
    member, member_type = _only_member(answers, schemas)
    declared = content.get("parameters", [])
    rows, row_type = _rows(answers, schemas)
    operation = Operation(
        id=content["operationId"],
        tag=content["tags"][0],
        method=method,
        path=path,
        named=method_of(content["operationId"]),
        summary=content["summary"],
        description=content.get("description", ""),
        parameters=tuple(_parameters(content, schemas)),
        answers=answers,
        member=member,
        member_type=member_type,
        rows=rows,
        row_type=row_type,
        signed={} not in content["security"],
        idempotent=any(one["name"] == "Idempotency-Key" for one in declared),
        has_csv="text/csv" in successes.get(200, {}).get("content", {}),
    )
    return operation.without("format") if operation.has_csv else operation


def _answer(answer: Schema, schemas: Schemas) -> Annotation:
    if "content" not in answer:
        return Annotation("None")
    return schemas.annotate(answer["content"]["application/json"]["schema"])


def _only_member(answers: dict[int, Annotation], schemas: Schemas) -> tuple[str, Annotation | None]:
    """An answer of one member is that member."""
    names = {answer.text for answer in answers.values()}
    properties = schemas.objects.get(next(iter(names)), {}).get("properties", {})
    if len(names) != 1 or len(properties) != 1:
        return "", None
    name, schema = next(iter(properties.items()))
    return name, schemas.annotate(schema)


def _rows(answers: dict[int, Annotation], schemas: Schemas) -> tuple[str, Annotation | None]:
    """The list of an answer that is one page of many."""
    properties = schemas.objects.get(answers[min(answers)].text, {}).get("properties", {})
    if "next_cursor" not in properties:
        return "", None
    name = next(name for name, schema in properties.items() if schema.get("type") == "array")
    return name, schemas.annotate(properties[name]["items"])


def _parameters(content: Schema, schemas: Schemas) -> Iterator[Parameter]:
    """Those of the path first, then what is required."""
    found = [*_of_the_url(content, schemas), *_of_the_body(content, schemas)]
    yield from sorted(found, key=lambda one: (one.place != "path", not one.required))


def _of_the_url(content: Schema, schemas: Schemas) -> Iterator[Parameter]:
    for one in content.get("parameters", []):
        if one["in"] == "header":
            assert one["name"] in _OF_THE_CLIENT | {"Idempotency-Key"}, one["name"]
            continue
        name, schema = one["name"], one["schema"]
        if "enum" in schema and schema["enum"] not in schemas.choices.values() and name != "format":
            fallback = "".join(part.capitalize() for part in [*content["operationId"].split("_"), name])
            schemas.choices[CHOICES.get((content["operationId"], name), fallback)] = schema["enum"]
        annotation = Annotation("str") if name == "format" else schemas.annotate(schema, sent=True)
        note = _note(one.get("description", ""), schema)
        yield Parameter(name, one["in"], annotation, one.get("required", False), note)


def _of_the_body(content: Schema, schemas: Schemas) -> Iterator[Parameter]:
    if "requestBody" not in content:
        return
    reference = content["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    form = schemas.objects[type_name(reference.rpartition("/")[2])]
    for name, schema in form["properties"].items():
        annotation = schemas.annotate(schema, sent=True)
        required = name in form.get("required", [])
        note = _note(schema.get("description", ""), schema)
        yield Parameter(name, "body", annotation, required, note)


def _note(description: str, schema: dict[str, Any]) -> str:
    default = schema.get("default")
    if type(default) is int:
        return f"{description} {default} if left out.".strip()
    return description
