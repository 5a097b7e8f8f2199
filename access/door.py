"""The front door: the ASGI application that admits every request before anything of the product runs.

Under /api/ every answer is JSON, refusals too. `AsyncEndpoint` handlers are called here, in the event loop;
DRF views and the pages go to Django over the bridge, sockets to their own door.
"""

import inspect
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from access.admission import Gate
from access.api_input import check_host, check_media_type, flag_key_in_url, parse_input
from access.bridge import Bridge, Environ, environ_of, send_response
from access.errors import DomainError, Internal, MethodNotAllowed, NotFound, error_body
from access.http import (
    ADMITTED,
    ApiAnswer,
    ApiRequest,
    Operation,
    domain_error,
    shutdown_hooks,
    startup_hooks,
)
from access.messages import (
    ClientGone,
    Head,
    Headers,
    Receive,
    Scope,
    Send,
    discard_body,
    encoded,
    read_body,
    read_head,
    send_whole,
)
from access.meters import note_request
from access.pages import Pages
from access.plain_pages import plain_pages, send_plain
from access.request_lines import log_request, request_id_of
from access.routes import Route, find_route
from access.sockets.front import SocketDoor, nothing_here
from access.surfaces import HttpSurface, surface_for
from access.threads import in_thread
from logs.context import begin, learn

logger = logging.getLogger(__name__)

_FIXED: Headers = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
_JSON = (b"content-type", b"application/json")
_HTML = b"text/html"


@dataclass(slots=True)
class Visit:
    """One request under /api/ while it is being answered: its number, and what every answer to it carries."""

    scope: Scope
    receive: Receive
    send: Send
    request_id: str
    headers: Headers = field(default_factory=list)
    has_unread_body: bool = False
    endpoint: str = "unknown"  # the name of what answers, for the metrics
    status: int = 0

    def common_headers(self) -> Headers:
        return [(b"x-request-id", self.request_id.encode()), *_FIXED, *self.headers]


class FrontDoor:
    def __init__(self, sockets: SocketDoor | None = None, surfaces: Sequence[HttpSurface] = ()) -> None:
        self.gate = Gate()
        self._surfaces = surfaces
        self._sockets = sockets or SocketDoor(nothing_here)
        self._bridge = Bridge()
        self._pages = Pages(self._bridge, self.gate.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self._sockets.serve(self.gate, scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"].lstrip("/")
        began = time.perf_counter()
        request_id = request_id_of(scope)
        begin(request_id)
        surface = surface_for(self._surfaces, scope["path"])
        if surface is not None:
            endpoint, status = await surface.serve(self.gate, scope, receive, send)
        elif path == "api" or path.startswith("api/"):
            visit = Visit(scope, receive, send, request_id)
            await self._api(visit)
            endpoint, status = visit.endpoint, visit.status
        elif (page := plain_pages.get(scope["path"])) is not None:
            status = await send_plain(page, scope, send)
            note_request(scope["path"], scope["method"], status, began)
            return  # how the house is says who asks for it; a line for each time would say nothing more
        else:
            endpoint, status = "pages", await self._pages.serve(scope, receive, send)
        note_request(endpoint, scope["method"], status, began)
        log_request(endpoint, scope, status, time.perf_counter() - began)

    async def _api(self, visit: Visit) -> None:
        try:
            await self._serve(visit)
        except ClientGone:
            return
        except Exception as error:
            refusal = domain_error(error)
            if refusal is None:
                logger.exception("the request failed")
            elif refusal is not error:
                logger.warning("the request is refused: %s", error)
            await self._refuse(visit, refusal or Internal())

    async def _refuse(self, visit: Visit, error: DomainError) -> None:
        headers = [*visit.common_headers(), _JSON, *encoded(error.headers())]
        if visit.has_unread_body:
            await discard_body(visit.receive)
            headers.append((b"connection", b"close"))
        visit.status = error.status
        await send_whole(visit.send, error.status, headers, error_body(error, visit.request_id))

    async def _serve(self, visit: Visit) -> None:
        scope = visit.scope
        visit.has_unread_body = True  # until the head says otherwise
        head = read_head(scope)
        visit.has_unread_body = head.has_body
        check_host(head)
        await flag_key_in_url(head, visit.request_id, self.gate.count_lookup)
        route = find_route(head.path, head.target)
        operation = _operation(route, head)
        assert route is not None
        visit.endpoint = route.view.__name__
        check_media_type(head)
        body = await read_body(head, visit.receive, operation.max_body_bytes)
        visit.has_unread_body = False

        def environ() -> Environ:
            return environ_of(scope, body, head.ip, head.scheme)

        admission = await self.gate.admit(head, body, operation, environ)
        learn(user_id=admission.caller.user_id or None, key_id=admission.caller.key_id or None)
        visit.headers += encoded(admission.admitted.headers())
        query, values = parse_input(head, body, operation)
        request = ApiRequest(
            head.method,
            head.path,
            head.raw_query,
            head.headers,
            body,
            admission.caller,
            visit.request_id,
            query,
            values,
        )
        if route.is_called_here:
            await self._call(visit, route, request)
        else:
            await self._bridge_over(visit, {**environ(), ADMITTED: request})

    async def _call(self, visit: Visit, route: Route, request: ApiRequest) -> None:
        handler = getattr(route.view(**route.options), request.method.lower())
        if inspect.iscoroutinefunction(handler):
            answer: ApiAnswer = await handler(request, **route.arguments)
        else:
            answer = await in_thread(handler, request, **route.arguments)
        visit.status = answer.status
        headers = [*visit.common_headers(), (b"content-type", answer.content_type.encode("latin-1"))]
        await send_whole(visit.send, answer.status, headers + encoded(answer.headers), answer.encoded())

    async def _bridge_over(self, visit: Visit, environ: Environ) -> None:
        response = await self._bridge.call(environ)
        if response.status >= 400 and dict(response.headers).get(b"content-type", b"").startswith(_HTML):
            await response.abandon()  # Django's own error page, whose cause Django has logged
            raise Internal if response.status >= 500 else NotFound
        ours = {name for name, _ in visit.common_headers()}
        response.headers = [header for header in response.headers if header[0] not in ours]
        response.headers += visit.common_headers()
        visit.status = response.status
        await send_response(visit.send, visit.receive, response)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                for hook in startup_hooks:
                    await hook()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for hook in shutdown_hooks:
                    await hook()
                await self.gate.limits.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _operation(route: Route | None, head: Head) -> Operation:
    if route is None:
        raise NotFound
    operation = route.operations.get(head.method)
    if operation is None:
        raise MethodNotAllowed(allowed=sorted(route.operations))
    return operation
