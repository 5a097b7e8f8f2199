"""The dead man's switch: orders that are canceled unless their owner goes on saying that he is there."""

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from exchange import trading
from exchange.api.examples import SWITCH
from exchange.api.forms import SwitchForm
from exchange.api.order_documents import SwitchesDocument
from exchange.api.queries import MarketQuery
from exchange.api.session import sender_of
from exchange.order_answers import switches_of_account

TAGS = ["orders"]


class SwitchEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="See the dead man's switches that are armed",
        answers={200: SwitchesDocument},
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        return ApiAnswer(switches_of_account(request.caller.user_id))

    @operation(
        scope=Scope.TRADE,
        summary="Arm the dead man's switch, or put it off",
        body=SwitchForm,
        answers={200: SwitchesDocument},
        tags=TAGS,
        example=SWITCH,
    )
    async def put(self, request: ApiRequest) -> ApiAnswer:
        """Unless it is set again within timeout_ms every open order is canceled, of the market or of all. The
        switch of all markets and those of single ones stand side by side. Answers all that are armed.

        Without a market every shard is told. Where one took it and another did not, PARTLY_DONE (503) says
        so: `switches` as in a success, and in `shards` of each its `markets`, whether it is `done`, and the
        `code` of why not. Send it again for the rest."""
        timeout_ms, market = request.body["timeout_ms"], request.body["market"]
        answer = await trading.set_switch(sender_of(request), timeout_ms=timeout_ms, market=market)
        return ApiAnswer(answer)

    @operation(
        scope=Scope.TRADE,
        summary="Disarm the dead man's switch",
        query=MarketQuery,
        answers={200: SwitchesDocument},
        tags=TAGS,
    )
    async def delete(self, request: ApiRequest) -> ApiAnswer:
        """Of the market, or without one that of all markets. Answers those that still are armed;
        PARTLY_DONE as when it is armed."""
        market = request.query["market"]
        return ApiAnswer(await trading.set_switch(sender_of(request), timeout_ms=0, market=market))
