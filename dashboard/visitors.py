"""Who looks at a page. Never raises: a page is there when the database is not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth import get_user
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

LOGIN = "/login"
_KEPT = "_visitor"
_P = ParamSpec("_P")


class Knowledge(StrEnum):
    KNOWN = "known"
    NOBODY = "nobody"
    UNKNOWN = "unknown"  # the database cannot be asked


@dataclass(frozen=True, slots=True)
class Visitor:
    """`user_id` is 0 unless KNOWN. Who is an operator sees operators' deeds; each deed judges for itself."""

    knowledge: Knowledge
    user_id: int = 0
    username: str = ""
    is_operator: bool = False

    @property
    def is_known(self) -> bool:
        return self.knowledge is Knowledge.KNOWN

    @property
    def is_nobody(self) -> bool:
        return self.knowledge is Knowledge.NOBODY


def visitor_of(request: HttpRequest) -> Visitor:
    """Asked once for each request."""
    kept: Visitor | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = _ask(request)
        setattr(request, _KEPT, kept)
    return kept


def _ask(request: HttpRequest) -> Visitor:
    try:
        user: Any = get_user(request)
        if not user.is_authenticated or not user.is_active:
            return Visitor(Knowledge.NOBODY)
    except DatabaseError:
        return Visitor(Knowledge.UNKNOWN)
    return Visitor(Knowledge.KNOWN, user.pk, user.get_username(), user.is_staff)


def customers_only(
    view: Callable[Concatenate[HttpRequest, _P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """Nobody is asked to log in first. Who cannot be known gets the page, whose parts say what is away."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if visitor_of(request).is_nobody:
            response: HttpResponse = HttpResponseRedirect(
                f"{LOGIN}?{urlencode({'next': request.get_full_path()})}"
            )
            patch_vary_headers(response, ["Cookie"])
            return response
        return view(request, *args, **kwargs)

    return guarded
