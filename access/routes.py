"""Which endpoint a path under /api/ means. Resolved by Django's own resolver, once, and remembered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import Resolver404, resolve
from rest_framework.views import APIView

from access.http import AsyncEndpoint, Operation, operations_of

# One spelling for each path: no empty, dot or parameter segments, no escape of a character that needs none.
_ODD_PATH = re.compile(r"//|/\.|\.(?:/|\Z)|[;\\\x00-\x20\x7f\ufffd]")
_NEEDLESS_ESCAPE = re.compile(r"%[0-7]")


@dataclass(frozen=True, slots=True)
class Route:
    view: type[APIView]
    options: Mapping[str, Any]
    arguments: Mapping[str, Any]
    operations: Mapping[str, Operation]

    @property
    def is_called_here(self) -> bool:
        return issubclass(self.view, AsyncEndpoint)


def find_route(path: str, target: str) -> Route | None:
    """The declared endpoint of a path, or None. `target` is the path as it was spelled in the request."""
    if _ODD_PATH.search(path) or _NEEDLESS_ESCAPE.search(target.partition("?")[0]):
        return None
    return _resolve(path)


@lru_cache(maxsize=4096)
def _resolve(path: str) -> Route | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    view = getattr(match.func, "cls", None)
    if not isinstance(view, type) or not issubclass(view, APIView):
        return None
    operations = operations_of(view)
    if not operations:
        return None  # what declares nothing admits nobody
    return Route(view, getattr(match.func, "initkwargs", {}), match.kwargs, operations)
