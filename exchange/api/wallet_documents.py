"""What the answers about money look like, for the OpenAPI document."""

from rest_framework import serializers

WALLETS = ("FUNDING", "TRADING")


class WalletDocument(serializers.Serializer[object]):
    """`funding_pending` is on its way out of the funding wallet; `trading_locked` is held by open orders."""

    asset = serializers.CharField()
    funding_available = serializers.CharField()
    funding_pending = serializers.CharField()
    trading_free = serializers.CharField()
    trading_locked = serializers.CharField()


class BalancesDocument(serializers.Serializer[object]):
    balances = WalletDocument(many=True)


class TransferDocument(serializers.Serializer[object]):
    transfer_id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.CharField()
    from_wallet = serializers.ChoiceField(choices=WALLETS)
    to_wallet = serializers.ChoiceField(choices=WALLETS)
    shard = serializers.IntegerField(help_text="Whose markets the trading account is for.")
    status = serializers.ChoiceField(choices=["PENDING", "POSTED", "REFUSED"])
    reject_reason = serializers.CharField(allow_null=True)
    created_at_ms = serializers.IntegerField()


class OneTransferDocument(serializers.Serializer[object]):
    transfer = TransferDocument()


class TransfersDocument(serializers.Serializer[object]):
    transfers = TransferDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class FaucetDocument(serializers.Serializer[object]):
    asset = serializers.CharField()
    amount = serializers.CharField()
    funding_available = serializers.CharField()


class VolumeDocument(serializers.Serializer[object]):
    asset = serializers.CharField()
    amount = serializers.CharField()


class RatesDocument(serializers.Serializer[object]):
    """`tier` is the one whose rates apply: a market need not know each."""

    market = serializers.CharField()
    tier = serializers.IntegerField()
    maker_fee_ppm = serializers.IntegerField(help_text="Millionths of the quote amount; below 0 a rebate.")
    taker_fee_ppm = serializers.IntegerField(help_text="Millionths of the quote amount.")


class NextTierDocument(serializers.Serializer[object]):
    tier = serializers.IntegerField()
    asset = serializers.CharField()
    volume = serializers.CharField(help_text="What must have been traded of the asset.")
    missing = serializers.CharField()


class FeeTierDocument(serializers.Serializer[object]):
    tier = serializers.IntegerField(help_text="0: the markets' own rates.")
    is_pinned = serializers.BooleanField(help_text="Whether operators set it, whatever the volume is.")
    volume_days = serializers.IntegerField()
    volumes = VolumeDocument(many=True)
    markets = RatesDocument(many=True)
    next_tier = NextTierDocument(allow_null=True)
