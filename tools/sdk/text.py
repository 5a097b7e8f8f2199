"""Pieces of Python as text: docstrings, imports, choices. `formatting` lays them out."""

import textwrap
from collections.abc import Iterator, Mapping

MADE = "Generated: do not edit."
WIDTH = 108


def docstring(description: str, notes: Mapping[str, str], *, indent: int, title: str = "") -> Iterator[str]:
    """A title, what is said of the whole, and a line for each member of which something is said."""
    paragraphs = [title] if title else []
    paragraphs += [_filled(part, indent) for part in description.split("\n\n") if part.strip()]
    if notes:
        paragraphs.append(
            "\n".join(_filled(f"{name}: {note}", indent, hang=4) for name, note in notes.items())
        )
    if not paragraphs:
        return
    text = "\n\n".join(paragraphs)
    end = "\n" if "\n" in text else ""
    yield textwrap.indent(f'"""{text}{end}"""', " " * indent)


def _filled(text: str, indent: int, hang: int = 0) -> str:
    return textwrap.fill(
        " ".join(text.split()), WIDTH - indent, subsequent_indent=" " * hang, break_on_hyphens=False
    )


def sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def imports(package: str, places: Mapping[str, str]) -> list[str]:
    modules: dict[str, list[str]] = {}
    for name, module in places.items():
        modules.setdefault(module, []).append(name)
    return [
        f"from {package}.{module} import {', '.join(sorted(names))}"
        for module, names in sorted(modules.items())
    ]


def choices(found: Mapping[str, list[str]]) -> str:
    """For a type checker exactly these words; when running any text, for a later release may know another."""
    lines = [
        f'"""Words that the API has for a choice. {MADE}',
        "",
        "A type checker knows them all. When running, each is a str: a later release may know more words.",
        '"""',
        "",
        "from typing import TYPE_CHECKING, Literal",
        "",
        "if TYPE_CHECKING:",
    ]
    for name, values in sorted(found.items()):
        words = ", ".join(f'"{value}"' for value in values)
        lines.append(f"    {name} = Literal[{words}]")
    lines += ["else:", f"    {' = '.join(sorted(found))} = str", ""]
    return "\n".join(lines)
