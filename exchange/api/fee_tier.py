"""What one pays, and what is missing to pay less."""

from access.http import ApiAnswer, ApiRequest, AsyncEndpoint, Scope, operation
from exchange.api.wallet_documents import FeeTierDocument
from exchange.fee_tiers import fee_tier_of

TAGS = ["wallet"]
COST = 5


class FeeTierEndpoint(AsyncEndpoint):
    @operation(
        scope=Scope.READ,
        summary="My fee tier, volume and rates",
        answers={200: FeeTierDocument},
        cost=COST,
        tags=TAGS,
    )
    def get(self, request: ApiRequest) -> ApiAnswer:
        """The volume of the last 30 days counts by quote asset, as maker and as taker, over all markets. It
        is at most a minute old, and tiers follow it within the hour."""
        return ApiAnswer(fee_tier_of(request.caller.user_id))
