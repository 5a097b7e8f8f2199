"""What a browser may do with our pages: load from us alone, run no inline script, be framed by nobody."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class PagePolicy:
    """A view that needs another policy sets the header itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault(HEADER, STRICT)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith("/admin/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


_INLINE = re.compile(rb"<(script|style)>(.*?)</\1>", re.DOTALL)


def allow_own_inline(response: HttpResponse) -> None:
    """For a page of somebody else's template: what stands in it may run, by its hash, and nothing else."""
    allowed = {b"script": "", b"style": ""}
    for kind, content in _INLINE.findall(response.content):
        allowed[kind] += f" 'sha256-{b64encode(hashlib.sha256(content).digest()).decode()}'"
    policy = STRICT.replace("script-src 'self'", f"script-src 'self'{allowed[b'script']}")
    response.headers[HEADER] = policy.replace("style-src 'self'", f"style-src 'self'{allowed[b'style']}")
