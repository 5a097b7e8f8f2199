"""Writes `operations` and `async_operations`: a class for each tag with a method for each operation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from tools.sdk.names import class_name
from tools.sdk.operations import Operation, Parameter
from tools.sdk.schemas import Schema
from tools.sdk.text import MADE, docstring, imports, sentence

_PAGING = ("cursor", "limit")
_KEY_NOTE = "Made by the client if left out. A repeat under the same gets the first answer."


@dataclass(frozen=True, slots=True)
class Flavor:
    """How blocking code and asyncio differ."""

    package: str
    prefix: str
    function: str
    wait: str
    iterator: str
    pages: str


BLOCKING = Flavor("operations", "", "def", "", "Iterator", "rows_of")
ASYNC = Flavor("async_operations", "Async", "async def", "await ", "AsyncIterator", "async_rows_of")


def operation_files(
    operations: list[Operation], document: Schema, places: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Paths and texts."""
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    tags = {tag: list(found) for tag, found in groupby(_by_tag(operations), key=lambda one: one.tag)}
    for flavor in (BLOCKING, ASYNC):
        for tag, found in tags.items():
            yield f"{flavor.package}/{tag}.py", _module(tag, described[tag], found, flavor, places)
        yield f"{flavor.package}/__init__.py", _index(list(tags), flavor)


def _by_tag(operations: Iterable[Operation]) -> list[Operation]:
    return sorted(operations, key=lambda one: one.tag)


def _index(tags: list[str], flavor: Flavor) -> str:
    lines = [f'"""Every operation of the API, by subject. {MADE}"""', ""]
    for tag in tags:
        lines.append(f"from ballast_sdk.{flavor.package}.{tag} import {flavor.prefix}{class_name(tag)}")
    lines += [f"from ballast_sdk.sending import {flavor.prefix}Send", "", ""]
    lines += [
        f"class {flavor.prefix}Operations:",
        f"    def __init__(self, send: {flavor.prefix}Send) -> None:",
    ]
    lines += [f"        self.{tag} = {flavor.prefix}{class_name(tag)}(send)" for tag in tags]
    return "\n".join(lines) + "\n"


def _module(
    tag: str, described: str, operations: list[Operation], flavor: Flavor, places: Mapping[str, str]
) -> str:
    body = [f"class {flavor.prefix}{class_name(tag)}({flavor.prefix}Group):", f'    """{described}"""']
    for operation in operations:
        for method in _methods(operation, flavor):
            body += ["", *method]
    text = "\n".join(body)
    used = {name: places[name] for one in operations for name in _named(one) if f"{name}" in text}
    lines = [
        f'"""Operations about {tag}. {MADE}"""',
        "",
        *_needed(text, flavor),
        *imports("ballast_sdk.models", used),
    ]
    return "\n".join([*lines, "", "", text, ""])


def _named(operation: Operation) -> set[str]:
    found = set(operation.result.uses)
    found.update(*(answer.uses for answer in operation.answers.values() if operation.member_type is None))
    found.update(*(one.annotation.uses for one in operation.parameters))
    found.update(operation.row_type.uses if operation.row_type else ())
    return found - {"Amount"}


def _needed(text: str, flavor: Flavor) -> Iterator[str]:
    abstract = [name for name in ("AsyncIterator", "Iterator", "Sequence") if _has(text, f"{name}[")]
    if abstract:
        yield f"from collections.abc import {', '.join(abstract)}"
        yield ""
    calls = ["Amount", "Call", "Repeat", "given", "segment", "with_ids"]
    yield f"from ballast_sdk.calls import {', '.join(name for name in calls if _has(text, name))}"
    if flavor.pages in text:
        yield f"from ballast_sdk.pages import {flavor.pages}"
    yield f"from ballast_sdk.sending import {flavor.prefix}Group"
    if "fresh_id()" in text:
        yield "from ballast_sdk.signing import fresh_id"


def _has(text: str, name: str) -> bool:
    """As code has it: a sentence about amounts names no type."""
    places = (": ", "(", "[", "{", "=") if name == "Amount" else (" ", "(", "[", "{", "=")
    return any(f"{before}{name}" in text for before in places)


def _methods(operation: Operation, flavor: Flavor) -> Iterator[list[str]]:
    method = operation.named.method
    if not operation.rows:
        yield list(_method(operation, flavor, method))
        return
    yield list(_rows(operation, flavor))
    yield list(_method(operation, flavor, f"{method}_page", title="One page."))
    if operation.has_csv:
        yield list(_csv(operation.without(*_PAGING), flavor, f"{method}_csv"))


def _signature(
    name: str, parameters: Iterable[Parameter], result: str, start: str, extra: Iterable[str] = ()
) -> str:
    positional = [f"{one.name}: {one.annotation.text}" for one in parameters if _is_positional(one)]
    named = [_declared(one) for one in parameters if not _is_positional(one)]
    named += extra
    arguments = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    return f"    {start} {name}({arguments}) -> {result}:"


def _is_positional(one: Parameter) -> bool:
    """What says which thing is meant, and a list of forms, which is all that a batch consists of."""
    return one.place == "path" or one.annotation.text.endswith("Form]")


def _declared(one: Parameter) -> str:
    if one.required:
        return f"{one.name}: {one.annotation.text}"
    return f"{one.name}: {one.annotation.text.removesuffix(' | None')} | None = None"


def _notes(parameters: Iterable[Parameter]) -> dict[str, str]:
    return {one.name: sentence(one.help) for one in parameters if one.help}


def _method(operation: Operation, flavor: Flavor, name: str, title: str = "") -> Iterator[str]:
    extra = ["idempotency_key: str | None = None"] if operation.idempotent else []
    yield _signature(name, operation.parameters, operation.result.text, flavor.function, extra)
    notes = _notes(operation.parameters) | ({"idempotency_key": _KEY_NOTE} if extra else {})
    described = operation.description if not title else ""
    yield from docstring(
        described, notes, indent=8, title=sentence(operation.summary) + (f" {title}" if title else "")
    )
    yield from _ids(operation)
    answers = ", ".join(
        f"{status}: {operation.member_type.text if operation.member_type else answer.text}"
        for status, answer in operation.answers.items()
    )
    yield from _send(operation, flavor, operation.result.text, answers)


def _ids(operation: Operation) -> Iterator[str]:
    """What makes a repeat safe is made where nobody gave it."""
    if operation.idempotent:
        yield "        idempotency_key = idempotency_key or fresh_id()"
    elif operation.named.ids == "client_order_id":
        yield "        client_order_id = client_order_id or fresh_id()"


def _send(operation: Operation, flavor: Flavor, result: str, answers: str, **more: str) -> Iterator[str]:
    path = operation.path
    for one in operation.parameters:
        if one.place == "path":
            path = path.replace(f"{{{one.name}}}", f"{{segment({one.name})}}")
    arguments = [f'"{operation.method}"', f'{"f" if "{" in path else ""}"{path}"', f"{{{answers}}}"]
    if operation.member and not more:
        arguments.append(f'member="{operation.member}"')
    for place in ("query", "body"):
        members = [_given(one, operation) for one in operation.parameters if one.place == place]
        members += [more["query"]] if place == "query" and "query" in more else []
        if members:
            arguments.append(f"{place}=given({', '.join(members)})")
    arguments += _repeat(operation)
    if not operation.signed:
        arguments.append("signed=False")
    if "media_type" in more:
        arguments.append(f'media_type="{more["media_type"]}"')
    yield f"        return {flavor.wait}self._send(Call[{result}]({', '.join(arguments)}))"


def _given(one: Parameter, operation: Operation) -> str:
    if operation.named.ids == one.name and one.annotation.text.startswith("Sequence"):
        return f"{one.name}=with_ids({one.name})"
    return f"{one.name}={one.name}"


def _repeat(operation: Operation) -> list[str]:
    if operation.method in ("GET", "PUT"):
        return ["repeat=Repeat.ALWAYS"]
    if operation.idempotent:
        return ["repeat=Repeat.BY_ID", "repeat_id=idempotency_key", "idempotency_key=idempotency_key"]
    if operation.named.ids == "client_order_id":
        return ["repeat=Repeat.BY_ID", "repeat_id=client_order_id"]
    return ["repeat=Repeat.BY_ID"] if operation.named.ids else []


def _rows(operation: Operation, flavor: Flavor) -> Iterator[str]:
    """An iterator over all pages."""
    assert operation.row_type is not None
    bare = operation.without(*_PAGING)
    result = f"{flavor.iterator}[{operation.row_type.text}]"
    method = operation.named.method
    yield _signature(method, bare.parameters, result, "def", ["page_size: int | None = None"])
    notes = _notes(bare.parameters) | {"page_size": "How many come at once."}
    yield from docstring(operation.description, notes, indent=8, title=sentence(operation.summary))
    passed = [one.name for one in bare.parameters if one.place == "path"]
    passed += [f"{one.name}={one.name}" for one in bare.parameters if one.place != "path"]
    passed += ["cursor=cursor", "limit=page_size"]
    fetch = f"lambda cursor: self.{method}_page({', '.join(passed)})"
    yield f"        return {flavor.pages}({fetch}, lambda page: page.{operation.rows})"


def _csv(operation: Operation, flavor: Flavor, name: str) -> Iterator[str]:
    yield _signature(name, operation.parameters, "bytes", flavor.function)
    title = f"{sentence(operation.summary)} As CSV, whole."
    yield from docstring("", _notes(operation.parameters), indent=8, title=title)
    yield from _send(operation, flavor, "bytes", "200: bytes", query='format="csv"', media_type="text/csv")
