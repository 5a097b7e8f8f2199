"""One order endpoint, served in each way that `bench/serving.py` compares. BENCH_WAY names the way."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# What follows needs the settings and the models.
from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from access.bridge import Bridge, environ_of, send_response  # noqa: E402
from access.door import FrontDoor  # noqa: E402
from access.fields import ChoiceField, DecimalField, SymbolField  # noqa: E402
from access.http import (  # noqa: E402
    ApiAnswer,
    ApiRequest,
    AsyncEndpoint,
    Scope,
    StrictAPIView,
    admitted,
    operation,
)
from access.messages import Receive, Send  # noqa: E402
from access.serializers import StrictSerializer  # noqa: E402
from access.services import Origin, create_api_key  # noqa: E402
from access.signing import KeyKind  # noqa: E402


class PlainOrder(serializers.Serializer[Any]):
    symbol = serializers.CharField(max_length=21)
    side = serializers.ChoiceField(["BUY", "SELL"])
    price = serializers.DecimalField(max_digits=20, decimal_places=8)
    quantity = serializers.DecimalField(max_digits=20, decimal_places=8)


class PlainView(APIView):
    """What DRF does of itself, open to all."""

    authentication_classes = []
    permission_classes = []

    def post(self, request: Request) -> Response:
        order = PlainOrder(data=request.data)
        order.is_valid(raise_exception=True)
        return Response({"symbol": order.validated_data["symbol"], "status": "NEW"})


class Order(StrictSerializer):
    symbol = SymbolField()
    side = ChoiceField(["BUY", "SELL"])
    price = DecimalField()
    quantity = DecimalField()


class OrderView(StrictAPIView):
    @operation(scope=Scope.TRADE, summary="", body=Order, answers={200: Order})
    def post(self, request: Request) -> ApiAnswer:
        return ApiAnswer({"symbol": admitted(request).body["symbol"], "status": "NEW"})


class OrderEndpoint(AsyncEndpoint):
    @operation(scope=Scope.TRADE, summary="", body=Order, answers={200: Order})
    async def post(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"symbol": request.body["symbol"], "status": "NEW"})


class ThreadEndpoint(AsyncEndpoint):
    @operation(scope=Scope.TRADE, summary="", body=Order, answers={200: Order})
    def post(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"symbol": request.body["symbol"], "status": "NEW"})


class OpenEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="", body=Order, answers={200: Order})
    async def post(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer({"symbol": request.body["symbol"], "status": "NEW"})


urlpatterns = [
    path("api/plain", PlainView.as_view()),
    path("api/view", OrderView.as_view()),
    path("api/endpoint", OrderEndpoint.as_view()),
    path("api/thread", ThreadEndpoint.as_view()),
    path("api/open", OpenEndpoint.as_view()),
]


class BridgeOnly:
    """The bridge without the front door, to compare with a2wsgi."""

    def __init__(self) -> None:
        self._bridge = Bridge()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        response = await self._bridge.call(environ_of(scope, body, "127.0.0.1", "http"))
        await send_response(send, receive, response)


def application() -> Any:
    """The factory that uvicorn calls."""
    settings.ROOT_URLCONF = "bench.serving_app"
    way = os.environ["BENCH_WAY"]
    if way == "django":
        return ASGIHandler()
    if way == "a2wsgi":
        return WSGIMiddleware(WSGIHandler(), workers=settings.WEB_THREADS)
    if way == "bridge":
        return BridgeOnly()
    # uvicorn calls this inside its loop, where Django refuses to block.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_write_key, Path(os.environ["BENCH_KEY"])).result()
    return FrontDoor()


def _write_key(place: Path) -> None:
    """An HMAC key and an Ed25519 key for the client, of which the second's private part is a fixed seed."""
    user, _ = User.objects.get_or_create(username="bench")
    keys = {}
    for kind, public in ((KeyKind.HMAC, ""), (KeyKind.ED25519, os.environ["BENCH_PUBLIC_KEY"])):
        new = create_api_key(
            user_id=user.pk,
            label="bench",
            kind=kind,
            scopes=[Scope.TRADE],
            public_key=public,
            origin=Origin(),
        )
        keys[kind.value] = [new.key.public_id, new.secret]
    place.write_text(json.dumps(keys))
