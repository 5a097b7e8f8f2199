"""Which modules a page's scripts lead to, so that a browser asks for all at once, not one after another."""

import posixpath
import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders

_IMPORT = re.compile(r"""^(?:import|export)\b[\w\s{},*$]*["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


@lru_cache
def modules_of(*entries: str) -> tuple[str, ...]:
    """The entries and what they import, near ones first, as paths below the static root."""
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        path = waiting.pop(0)
        if path not in found:
            found[path] = None
            waiting += _imported(path)
    return tuple(found)


def _imported(path: str) -> list[str]:
    file = finders.find(path)
    if not isinstance(file, str):
        return []  # the browser will say that it is missing
    folder = posixpath.dirname(path)
    named = _IMPORT.findall(Path(file).read_text())
    return [posixpath.normpath(posixpath.join(folder, name)) for name in named]
