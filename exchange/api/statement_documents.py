"""What statements look like, for the OpenAPI document."""

from rest_framework import serializers

from exchange.api.order_documents import FillDocument


class PostingDocument(serializers.Serializer[object]):
    time_ms = serializers.IntegerField()
    posting_id = serializers.CharField()
    wallet = serializers.ChoiceField(choices=["FUNDING", "TRADING"])
    shard = serializers.IntegerField(help_text="Of a trading account.")
    asset = serializers.CharField()
    amount = serializers.CharField(help_text="Below zero it went out.")
    balance = serializers.CharField(help_text="Of the wallet, after this posting.")
    code = serializers.CharField(help_text="What it was for: TRADE, TO_TRADING, ...")
    reference = serializers.CharField()


class LedgerStatementDocument(serializers.Serializer[object]):
    postings = PostingDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class TradeRowDocument(FillDocument):
    """A fill, and what it did to the position. All money is in the market's quote asset."""

    cost = serializers.CharField(allow_null=True, help_text="Of what was sold of the position.")
    profit = serializers.CharField(allow_null=True, help_text="null for a buy and a sale without a cost.")
    uncovered_quantity = serializers.CharField(
        allow_null=True, help_text="Sold beyond the position, at a cost unknown here."
    )
    uncovered_proceeds = serializers.CharField(allow_null=True)
    position_quantity = serializers.CharField()
    position_cost = serializers.CharField()
    average_cost = serializers.CharField(allow_null=True, help_text="Of one whole unit of base.")


class TradeStatementDocument(serializers.Serializer[object]):
    trades = TradeRowDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)
