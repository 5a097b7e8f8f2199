"""The API of this app: the server's time, one's own API keys, and the OpenAPI document of all."""

import time
from datetime import UTC, datetime
from typing import Any, cast

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.fields import ChoiceField, TextField, TimeField
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, StrictAPIView, admitted, operation
from access.models import ApiKey
from access.page_policy import allow_own_inline
from access.selectors import live_keys
from access.serializers import ListField, StrictSerializer
from access.services import create_api_key, origin_of, revoke_api_key
from access.signing import KeyKind
from access.sockets.identities import ticket_for
from access.sockets.tickets import TICKET_SECONDS


class TimeAnswer(serializers.Serializer[Any]):
    server_time_ms = serializers.IntegerField(help_text="Milliseconds since 1970.")


class TimeEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="The server's time", answers={200: TimeAnswer}, tags=["general"])
    async def get(self, request: ApiRequest) -> ApiAnswer:
        """For setting a client's clock before it signs."""
        return ApiAnswer({"server_time_ms": time.time_ns() // 1_000_000})


class TicketAnswer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="For one auth on the websocket.")
    expires_in_ms = serializers.IntegerField()


class TicketEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="A ticket for the websocket",
        answers={200: TicketAnswer},
        tags=["general"],
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        """Good once and for half a minute. The socket then speaks for whoever asked, until the key or the
        login ends."""
        ticket = await ticket_for(request)
        return ApiAnswer({"ticket": ticket, "expires_in_ms": TICKET_SECONDS * 1000})


class NewKeyBody(StrictSerializer):
    """`scopes` are what the key may do; `allowed_networks`, from where (nothing: from everywhere)."""

    label = TextField(default="")  # type: ignore[assignment]  # fields are taken out of the class
    kind = ChoiceField(KeyKind)
    public_key = TextField(default="", help_text="Ed25519 only: 32 bytes in base64.")
    scopes = ListField(ChoiceField(Scope), maximum=len(Scope))
    allowed_networks = ListField(TextField(), minimum=0, maximum=20, default=())
    expires_at_ms = TimeField(default=None, allow_null=True)


class KeyAnswer(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    key = serializers.CharField(help_text="What X-API-KEY carries.")
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField([kind.value for kind in KeyKind])
    scopes = serializers.ListField(child=serializers.CharField())
    allowed_networks = serializers.ListField(child=serializers.CharField())
    created_at_ms = serializers.IntegerField()
    expires_at_ms = serializers.IntegerField(allow_null=True)
    last_used_at_ms = serializers.IntegerField(allow_null=True)
    last_used_ip = serializers.CharField(allow_null=True)


class NewKeyAnswer(KeyAnswer):
    secret = serializers.CharField(help_text="Shown once; empty for an Ed25519 key.")


class KeysAnswer(serializers.Serializer[Any]):
    keys = KeyAnswer(many=True)


class KeysView(StrictAPIView):
    @operation(scope=Scope.READ, summary="My API keys", answers={200: KeysAnswer}, tags=["keys"])
    def get(self, request: Request) -> ApiAnswer:
        caller = admitted(request).caller
        return ApiAnswer({"keys": [_shown(key) for key in live_keys(caller.user_id)]})

    @operation(
        scope=None,
        session_only=True,
        summary="Create an API key",
        body=NewKeyBody,
        answers={201: NewKeyAnswer},
        tags=["keys"],
    )
    def post(self, request: Request) -> ApiAnswer:
        """Only from a login: a key that could make keys would outlive its own revocation."""
        wanted = admitted(request)
        new = create_api_key(
            user_id=wanted.caller.user_id,
            label=wanted.body["label"],
            kind=KeyKind(wanted.body["kind"]),
            scopes=[Scope(scope) for scope in wanted.body["scopes"]],
            public_key=wanted.body["public_key"],
            allowed_networks=wanted.body["allowed_networks"],
            expires_at=_moment(wanted.body["expires_at_ms"]),
            origin=origin_of(wanted),
        )
        return ApiAnswer({**_shown(new.key), "secret": new.secret}, status=201)


class KeyView(StrictAPIView):
    @operation(scope=Scope.READ, summary="Revoke an API key", answers={204: None}, tags=["keys"])
    def delete(self, request: Request, key_id: int) -> Response:
        """Works at once. Any key of the owner may do it, so that a leaked one can be ended from a script."""
        wanted = admitted(request)
        revoke_api_key(user_id=wanted.caller.user_id, key_id=key_id, origin=origin_of(wanted))
        return Response(status=204)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds // 1000, UTC)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * 1000


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "key_id": str(key.pk),
        "key": key.public_id,
        "label": key.label,
        "kind": str(key.kind),
        "scopes": [str(scope) for scope in key.scopes],
        "allowed_networks": key.allowed_networks,
        "created_at_ms": _milliseconds(key.created_at),
        "expires_at_ms": _milliseconds(key.expires_at),
        "last_used_at_ms": _milliseconds(key.last_used_at),
        "last_used_ip": key.last_used_ip,
    }


class SchemaView(SpectacularAPIView):
    """The OpenAPI document. It holds nothing that the repository does not."""

    schema = None
    authentication_classes = []
    permission_classes = []

    @operation(scope=None, summary="This document", answers={200: dict}, cost=5)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = cast(Response, super().get(request, *args, **kwargs))  # type: ignore[no-untyped-call]
        response.add_post_render_callback(allow_own_inline)
        return response


class DocumentationView(SpectacularSwaggerView):
    schema = None
    authentication_classes = []
    permission_classes = []

    @operation(scope=None, summary="This document, to read", answers={200: dict})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = cast(Response, super().get(request, *args, **kwargs))  # type: ignore[no-untyped-call]
        response.add_post_render_callback(allow_own_inline)
        return response
