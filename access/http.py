"""What an endpoint is written with: the admitted request, the answer, and the declaration of an operation.

An `AsyncEndpoint` is called by the front door in the event loop; a `StrictAPIView` is an ordinary DRF view
behind the WSGI bridge. Both declare each method with `@operation` and get a request that is already admitted.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from access.errors import (
    DatabaseUnavailable,
    DomainError,
    InvalidJson,
    MethodNotAllowed,
    NotFound,
    UnsupportedMediaType,
    error_body,
)
from access.parsing import MAX_BODY_BYTES
from access.serializers import StrictSerializer
from access.signing import DEFAULT_RECV_WINDOW_MS, MAX_RECV_WINDOW_MS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE_METHODS = ("GET",)
ADMITTED = "ballast.request"  # the environ's name under which the bridge hands the admitted request over

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Scope(StrEnum):
    """What a key may do. A session may do all of it."""

    READ = "read"
    TRADE = "trade"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks. `user_id` 0 is nobody; `key_id` 0 is a session (or nobody)."""

    user_id: int
    key_id: int
    scopes: frozenset[str]
    ip: str

    @property
    def is_session(self) -> bool:
        return self.user_id != 0 and self.key_id == 0


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request that was admitted: signed or logged in, in scope, within its rate, strictly parsed.

    `query` and `body` are what the declared serializers gave; `headers` has lower-case names.
    """

    method: str
    path: str
    raw_query: bytes
    headers: Mapping[str, str]
    raw_body: bytes
    caller: Caller
    request_id: str
    query: dict[str, Any]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """`content` is anything JSON can say; bytes are sent as they are, as `content_type`."""

    content: object
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else msgspec.json.encode(self.content)


@dataclass(frozen=True, slots=True)
class Operation:
    """How one method of one endpoint is admitted. `scope` None means public."""

    scope: Scope | None
    session_only: bool
    body: type[StrictSerializer] | None
    query: type[StrictSerializer] | None
    max_body_bytes: int
    cost: int


def operation(
    *,
    scope: Scope | None,
    summary: str,
    answers: Mapping[Any, "type[BaseSerializer[Any]] | BaseSerializer[Any] | Any"],
    body: type[StrictSerializer] | None = None,
    query: type[StrictSerializer] | None = None,
    session_only: bool = False,
    idempotent: bool = False,
    max_body_bytes: int = MAX_BODY_BYTES,
    cost: int = 1,
    tags: Iterable[str] = (),
    example: Mapping[str, object] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare a handler: the front door admits by it and the OpenAPI document is made from it.

    `answers` are documents by status, or by (status, media type).
    `cost` is how many tokens of the caller's bucket one call takes. `idempotent` documents that the
    handler goes through `access.idempotency`. `example` is a body that could be sent.
    """
    admitted = Operation(scope, session_only, body, query, max_body_bytes, cost)
    parameters: list[Any] = [query] if query else []
    if idempotent:
        parameters.append(_IDEMPOTENCY_KEY)
    if scope is not None:
        parameters.append(_RECV_WINDOW)
    document = extend_schema(
        summary=summary,
        request=body,
        responses={**answers, "default": _REFUSAL},
        parameters=parameters,
        examples=[OpenApiExample("example", value=example, request_only=True)] if example else None,
        auth=_security(scope, session_only),  # type: ignore[arg-type]  # dictionaries are what OpenAPI has here
        tags=list(tags) or None,
    )

    def declare(handler: Handler) -> Handler:
        documented = document(handler)
        documented.operation = admitted  # type: ignore[attr-defined]
        return documented

    return declare


_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Chosen by you. A repeat with the same body gets the first answer, byte for byte.",
)
_RECV_WINDOW = OpenApiParameter(
    "X-RECV-WINDOW",
    {"type": "integer", "minimum": 1, "maximum": MAX_RECV_WINDOW_MS, "default": DEFAULT_RECV_WINDOW_MS},
    OpenApiParameter.HEADER,
    description="For how many milliseconds after its timestamp the request is good.",
)
_REFUSAL = OpenApiResponse({"$ref": "#/components/schemas/Error"}, "The request was refused.")


def _security(scope: Scope | None, session_only: bool) -> list[dict[str, list[str]]]:
    if scope is None and not session_only:
        return [{}]
    session: dict[str, list[str]] = {"session": []}
    signed: dict[str, list[str]] = {"key": [], "timestamp": [], "nonce": [], "signature": []}
    return [session] if session_only else [signed, session]


def operations_of(view: type[APIView]) -> dict[str, Operation]:
    """The declared methods of a view; what is not declared is not allowed."""
    found = {method: getattr(getattr(view, method.lower(), None), "operation", None) for method in METHODS}
    return {method: declared for method, declared in found.items() if isinstance(declared, Operation)}


class FrontDoorAuthentication(BaseAuthentication):
    """Reads the caller whom the front door admitted. A request that came another way is refused."""

    def authenticate(self, request: Request) -> tuple[Any, Caller]:
        caller = admitted(request).caller
        return _User(caller.user_id), caller


class _User:
    """Who speaks, for DRF. Views use the caller's `user_id`; the row is not fetched for a request."""

    def __init__(self, user_id: int) -> None:
        self.pk = self.id = user_id
        self.is_authenticated = self.is_active = user_id != 0
        self.is_anonymous = not self.is_authenticated


class StrictJSONParser(BaseParser):
    """Gives what the front door has parsed; the body is never read twice."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        assert parser_context is not None
        return admitted(parser_context["request"]).body


def admitted(request: Request | HttpRequest) -> ApiRequest:
    """The admitted request behind a DRF or Django request."""
    found = request.META.get(ADMITTED)
    if not isinstance(found, ApiRequest):
        raise NotFound  # not through the front door: as if it did not exist
    return found


class StrictAPIView(APIView):
    """A DRF view behind the front door. Handlers may return an `ApiAnswer` or a DRF `Response`."""

    authentication_classes = [FrontDoorAuthentication]
    permission_classes = []
    throttle_classes = []
    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        error = domain_error(exc)
        if error is None:
            raise exc
        return refusal(error, getattr(self.request.META.get(ADMITTED), "request_id", ""))

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if isinstance(response, ApiAnswer):
            response = HttpResponse(
                response.encoded(), response.content_type, response.status, headers=dict(response.headers)
            )
        return super().finalize_response(request, response, *args, **kwargs)


def domain_error(error: Exception) -> DomainError | None:
    """DRF's own refusals, and a database that is away, in our vocabulary; None for a bug."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, OperationalError | InterfaceError):
        return DatabaseUnavailable()
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodNotAllowed()
    if isinstance(error, exceptions.UnsupportedMediaType):
        return UnsupportedMediaType()
    if isinstance(error, exceptions.APIException) and error.status_code < 500:
        return InvalidJson(str(error.detail)) if error.status_code == 400 else NotFound()
    return None


def refusal(error: DomainError, request_id: str) -> HttpResponse:
    return HttpResponse(
        error_body(error, request_id), "application/json", error.status, headers=dict(error.headers())
    )


class AsyncEndpoint(APIView):
    """The front door calls its handlers itself: `async def` in the event loop, `def` in a thread.

    It is an `APIView` by declaration only, so that it has a URL and stands in the OpenAPI document.
    """

    authentication_classes = []
    permission_classes = []
    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]

    # Django asks this of every view and refuses a class that mixes both kinds; it never calls our handlers.
    view_is_async = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return refusal(NotFound(), "")  # an endpoint exists behind the front door only


Hook = Callable[[], Awaitable[None]]
# What a web process runs in its event loop when it starts and stops; apps append to them in `ready`.
startup_hooks: list[Hook] = []
shutdown_hooks: list[Hook] = []
