"""Writes `models`: one file of choices, one for the types of each tag, one for what several tags share."""

from collections.abc import Iterable, Iterator

from tools.sdk.operations import Operation
from tools.sdk.schemas import Schema, Schemas
from tools.sdk.text import MADE, choices, docstring, imports

SHARED = "shared"


def modules_of(operations: Iterable[Operation], schemas: Schemas) -> dict[str, str]:
    """In which module of `models` each type stands that an operation needs."""
    places: dict[str, str] = {}
    for operation in operations:
        uses = [operation.result.uses, *(one.annotation.uses for one in operation.parameters)]
        if operation.row_type is not None:
            uses.append(operation.row_type.uses)
        for name in _reached(frozenset().union(*uses), schemas):
            places[name] = (
                operation.tag if places.setdefault(name, operation.tag) == operation.tag else SHARED
            )
    return {name: "choices" if name in schemas.choices else place for name, place in places.items()}


def _reached(names: Iterable[str], schemas: Schemas) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and (name in schemas.objects or name in schemas.choices):
            found.add(name)
            waiting.extend(schemas.needs(name))
    return found


def model_files(places: dict[str, str], schemas: Schemas) -> Iterator[tuple[str, str]]:
    """Paths and texts."""
    for module in sorted(set(places.values()) - {"choices"}):
        names = [name for name in _in_order(schemas) if places.get(name) == module]
        yield f"models/{module}.py", _module(module, names, places, schemas)
    chosen = {name: values for name, values in schemas.choices.items() if name in places}
    yield "models/choices.py", choices(chosen)
    yield "models/__init__.py", _index(places)


def _in_order(schemas: Schemas) -> list[str]:
    """Each type after those that it is made of."""
    done: dict[str, None] = {}

    def add(name: str) -> None:
        if name in schemas.objects and name not in done:
            for needed in sorted(schemas.needs(name)):
                add(needed)
            done[name] = None

    for name in schemas.objects:
        add(name)
    return list(done)


def _module(module: str, names: list[str], places: dict[str, str], schemas: Schemas) -> str:
    subject = (
        "what several subjects share" if module == SHARED else f"what answers about {module} are made of"
    )
    needed = {use for name in names for use in schemas.needs(name)} - set(names)
    lines = [f'"""Types of the API: {subject}. {MADE}"""', ""]
    classes = [line for name in names for line in ("", "", *_class(name, schemas.objects[name], schemas))]
    if any(": Amount" in line for line in classes):
        lines += ["from ballast_sdk.calls import Amount"]
    bases = sorted({"Form" if name.endswith("Form") else "Model" for name in names})
    lines += [f"from ballast_sdk.models.base import {', '.join(bases)}"]
    lines += imports("ballast_sdk.models", {name: places[name] for name in needed if name in places})
    return "\n".join([*lines, *classes]) + "\n"


def _class(name: str, schema: Schema, schemas: Schemas) -> Iterator[str]:
    is_sent = name.endswith("Form")
    yield f"class {name}({'Form' if is_sent else 'Model'}, frozen=True, kw_only=True):"
    notes = {
        member: one["description"] for member, one in schema["properties"].items() if one.get("description")
    }
    yield from docstring(schema.get("description", ""), notes, indent=4)
    yield ""
    for member, one in schema["properties"].items():
        text = schemas.annotate(one, sent=is_sent).text
        if member in schema.get("required", []):
            yield f"    {member}: {text}"
        else:
            yield f"    {member}: {text.removesuffix(' | None')} | None = None"


def _index(places: dict[str, str]) -> str:
    listed = ", ".join(f'"{name}"' for name in sorted(places))
    lines = [f'"""Types of the API, by name. {MADE}"""', "", *imports("ballast_sdk.models", places), ""]
    return "\n".join([*lines, f"__all__ = [{listed}]", ""])
