"""Endpoints that only the tests serve: one of each kind, so that what the front door lets in can be seen."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from redis import Redis
from rest_framework import serializers
from rest_framework.request import Request

from access.errors import DomainError
from access.fields import (
    AmountField,
    AssetField,
    BooleanField,
    ChoiceField,
    ClientOrderIdField,
    DecimalField,
    IntegerField,
    SymbolField,
    TextField,
    TimeField,
)
from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, StrictAPIView, admitted, operation
from access.idempotency import once, once_async
from access.serializers import ListField, StrictSerializer


class OrderBody(StrictSerializer):
    symbol = SymbolField()
    side = ChoiceField(["BUY", "SELL"])
    price = DecimalField()
    amount = AmountField(8, default=None)
    leverage = IntegerField(1, 100, default=1)
    client_order_id = ClientOrderIdField(default="")
    post_only = BooleanField(default=False)
    note = TextField(default="")
    asset = AssetField(default="BTC")
    legs = ListField(ChoiceField(["A", "B"]), maximum=3, default=())


class OrderQuery(StrictSerializer):
    symbol = SymbolField(default=None)
    since = TimeField(default=0)
    limit = IntegerField(1, 500, default=50)
    open = BooleanField(default=True)


class Answer(serializers.Serializer[Any]):
    user_id = serializers.IntegerField()


def shown(request: ApiRequest) -> ApiAnswer:
    """What of the request reached the handler."""
    return ApiAnswer(
        {
            "user_id": request.caller.user_id,
            "key_id": request.caller.key_id,
            "ip": request.caller.ip,
            "query": request.query,
            "body": request.body,
        }
    )


class OrdersEndpoint(AsyncEndpoint):
    @operation(scope=Scope.READ, summary="Orders", query=OrderQuery, answers={200: Answer})
    async def get(self, request: ApiRequest) -> ApiAnswer:
        return shown(request)

    @operation(
        scope=Scope.TRADE, summary="Place", body=OrderBody, answers={200: Answer}, max_body_bytes=16 * 1024
    )
    async def post(self, request: ApiRequest) -> ApiAnswer:
        return shown(request)


class OrderEndpoint(AsyncEndpoint):
    @operation(scope=Scope.TRADE, summary="Cancel", answers={200: Answer})
    def delete(self, request: ApiRequest, order: str) -> ApiAnswer:
        return ApiAnswer({"order": order})


class ViewOrders(StrictAPIView):
    """The same operations as a DRF view behind the bridge."""

    @operation(scope=Scope.READ, summary="Orders by view", query=OrderQuery, answers={200: Answer})
    def get(self, request: Request) -> ApiAnswer:
        return shown(admitted(request))

    @operation(scope=Scope.TRADE, summary="Place by view", body=OrderBody, answers={200: Answer})
    def post(self, request: Request) -> ApiAnswer:
        assert request.data == admitted(request).body
        assert request.auth is admitted(request).caller
        return shown(admitted(request))


class WithdrawEndpoint(AsyncEndpoint):
    @operation(scope=Scope.WITHDRAW, summary="Withdraw", body=OrderBody, answers={200: Answer})
    async def post(self, request: ApiRequest) -> ApiAnswer:
        return shown(request)


class PublicEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="Public", answers={200: Answer})
    async def get(self, request: ApiRequest) -> ApiAnswer:
        return shown(request)


class Broken(DomainError):
    code = "BROKEN_RULE"
    status = 409


class FaultEndpoint(AsyncEndpoint):
    @operation(scope=None, summary="A bug", answers={200: Answer})
    async def get(self, request: ApiRequest) -> ApiAnswer:
        raise RuntimeError("secret of the trace")

    @operation(scope=None, summary="A bug in a thread", answers={200: Answer})
    def post(self, request: ApiRequest) -> ApiAnswer:
        raise RuntimeError("secret of the trace")

    @operation(scope=None, summary="A refusal", answers={200: Answer})
    async def delete(self, request: ApiRequest) -> ApiAnswer:
        raise Broken("Not now.", field="order", wait_seconds=3)


class FaultView(StrictAPIView):
    @operation(scope=None, summary="A bug in a view", answers={200: Answer})
    def get(self, request: Request) -> ApiAnswer:
        raise RuntimeError("secret of the trace")

    @operation(scope=None, summary="A refusal in a view", answers={200: Answer})
    def delete(self, request: Request) -> ApiAnswer:
        raise Broken("Not now.", field="order", wait_seconds=3)


class PayBody(StrictSerializer):
    amount = AmountField(8)
    outcome = ChoiceField(["PAID", "REFUSED", "AWAY", "BUG"], default="PAID")


def pay(request: ApiRequest) -> ApiAnswer:
    """Slow enough for twenty requests to meet; counts how often it was carried out."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        count = redis.incr(f"paid:{request.caller.user_id}")
    time.sleep(0.05)
    outcome = request.body["outcome"]
    if outcome == "REFUSED":
        raise Broken("Too poor.")
    if outcome == "AWAY":
        raise ServiceAway
    if outcome == "BUG":
        raise RuntimeError
    return ApiAnswer({"count": count, "amount": request.body["amount"]}, status=201)


class ServiceAway(DomainError):
    code = "AWAY"
    status = 503


class PayEndpoint(AsyncEndpoint):
    @operation(scope=Scope.TRADE, summary="Pay", body=PayBody, answers={201: Answer}, idempotent=True)
    async def post(self, request: ApiRequest) -> ApiAnswer:
        return await once_async(request, lambda: pay(request))


class PayView(StrictAPIView):
    @operation(scope=Scope.TRADE, summary="Pay by view", body=PayBody, answers={201: Answer}, idempotent=True)
    def post(self, request: Request) -> ApiAnswer:
        wanted = admitted(request)
        return once(wanted, lambda: pay(wanted))


def large_page(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(bytes([65 + piece % 26]) * 100_000 for piece in range(50))
