"""What a client may send to move his money."""

from access.fields import AssetField, ChoiceField, DecimalField, IntegerField
from access.serializers import StrictSerializer
from exchange.engine.types import SHARD_SLOTS


class TransferForm(StrictSerializer):
    """Between the funding wallet and the trading account."""

    asset = AssetField()
    amount = DecimalField()
    from_wallet = ChoiceField(["FUNDING", "TRADING"])
    to_wallet = ChoiceField(["FUNDING", "TRADING"])
    shard = IntegerField(
        0,
        SHARD_SLOTS - 1,
        required=False,
        allow_null=True,
        help_text="Whose markets the trading account is for; needed where several shards trade the asset.",
    )


class FaucetForm(StrictSerializer):
    """Play money, in demo mode only."""

    asset = AssetField()
    amount = DecimalField()
