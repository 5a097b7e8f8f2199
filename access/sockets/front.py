"""The front door of sockets: the same checks of a head as for any request, and of where a page comes from."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from access.admission import Gate
from access.api_input import check_host, flag_key_in_url
from access.errors import DomainError, NotFound
from access.messages import Head, Receive, Scope, Send, read_head
from access.sockets.consumer import GATE, HEAD, deny
from access.sockets.errors import OriginNotAllowed


class SocketDoor:
    """Hands what it lets in to `application`, a router of Channels."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def serve(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            head = read_head({**scope, "method": "GET"})
            check_host(head)
            await flag_key_in_url(head, "", gate.count_lookup)
            _check_origin(head)
        except DomainError as error:
            await receive()
            await deny(send, error)
            return
        await self._application({**scope, GATE: gate, HEAD: head}, receive, send)


def _check_origin(head: Head) -> None:
    """A browser says what page asks; programs say nothing. No cookie is ever believed here all the same."""
    origin = head.headers.get("origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return
    host = urlsplit(origin).hostname
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        raise OriginNotAllowed


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """Where no socket is served."""
    await receive()
    await deny(send, NotFound())
