"""Lets one page ask for the camera, to read QR codes of a device that signs. No other page may."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from access.page_policy import PERMISSIONS

_P = ParamSpec("_P")
WITH_CAMERA = PERMISSIONS.replace("camera=()", "camera=(self)")
assert WITH_CAMERA != PERMISSIONS


def may_use_camera(
    view: Callable[Concatenate[HttpRequest, _P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    @wraps(view)
    def allowed(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Permissions-Policy"] = WITH_CAMERA
        return response

    return allowed
