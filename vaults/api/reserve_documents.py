"""What the answers about reserves look like, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from vaults.api.documents import ShownPriceDocument
from vaults.reserves.sides import Side
from vaults.rules.statuses import CoinStatus, VaultStatus

_RATIO = "Collateral over debt; null without a price, or without debt."


class ReserveLineDocument(serializers.Serializer[Any]):
    """All accounts of a purpose together."""

    purpose = serializers.CharField()
    side = serializers.ChoiceField(choices=[one.value for one in Side])
    amount = serializers.CharField(help_text="Below 0 on the side HOUSE is a loss.")


class ReserveAssetDocument(serializers.Serializer[Any]):
    """`owed` and `house` are what `backing` is."""

    asset = serializers.CharField()
    owed = serializers.CharField(help_text="To customers, with what they withdraw and is not out yet.")
    backing = serializers.CharField(help_text="Bitcoin that is there, dollars that vaults owe, play money.")
    house = serializers.CharField(help_text="What is the house's own.")
    lines = ReserveLineDocument(many=True)


class ReserveCoinDocument(serializers.Serializer[Any]):
    """An unspent output in a block."""

    txid = serializers.CharField()
    vout = serializers.IntegerField()
    amount = serializers.CharField()
    address = serializers.CharField()
    confirmations = serializers.IntegerField()
    being_spent = serializers.BooleanField(help_text="By a transaction that waits for its block.")


class ReserveWalletDocument(serializers.Serializer[Any]):
    """Of the hot wallet the sum alone is told: its coins lie on addresses of customers."""

    wallet = serializers.CharField(help_text="hot or cold")
    coins_count = serializers.IntegerField()
    coins_amount = serializers.CharField(help_text="All of them, deposits on their way too.")
    booked = serializers.CharField(help_text="Those that are in the books.")
    ledger = serializers.CharField(help_text="What the books say.")
    coins = ReserveCoinDocument(many=True, help_text="Of cold storage, the largest first, at most 200.")


class VaultCountDocument(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=[one.value for one in VaultStatus])
    count = serializers.IntegerField()


class VaultTotalsDocument(serializers.Serializer[Any]):
    by_status = VaultCountDocument(many=True)
    collateral = serializers.CharField()
    debt = serializers.CharField()
    ratio = serializers.CharField(allow_null=True, help_text=_RATIO)


class IdentityDocument(serializers.Serializer[Any]):
    """What must be true of the books at every moment. Looked at each minute, everything each hour."""

    name = serializers.CharField()
    meaning = serializers.CharField()
    holds = serializers.BooleanField(allow_null=True, help_text="null: it was never looked at.")
    violations = serializers.IntegerField()
    violated_since_ms = serializers.IntegerField(allow_null=True)
    checked_ms = serializers.IntegerField(allow_null=True)
    whole_checked_ms = serializers.IntegerField(allow_null=True)


class SnapshotTotalDocument(serializers.Serializer[Any]):
    asset = serializers.CharField()
    atoms = serializers.CharField()
    amount = serializers.CharField()


class SnapshotDocument(serializers.Serializer[Any]):
    """What customers held at one moment, as a tree that is known by its root."""

    snapshot_id = serializers.CharField()
    taken_ms = serializers.IntegerField()
    position = serializers.CharField(help_text="The latest transfer that is in it.")
    customers = serializers.IntegerField(help_text="Who held anything.")
    depth = serializers.IntegerField(help_text="Levels of the tree above its leaves.")
    root = serializers.CharField(  # type: ignore[assignment]  # a serializer has a root of its own
        help_text="Commits to all of the above, and to the totals."
    )
    totals = SnapshotTotalDocument(many=True)


class ReservesDocument(serializers.Serializer[Any]):
    """At most some seconds old."""

    time_ms = serializers.IntegerField()
    demo = serializers.BooleanField(help_text="true: play money is among it.")
    development_chain = serializers.BooleanField(help_text="true: its bitcoin is worth nothing.")
    price = ShownPriceDocument()
    assets = ReserveAssetDocument(many=True)
    wallets = ReserveWalletDocument(many=True)
    vaults = VaultTotalsDocument()
    identities = IdentityDocument(many=True)
    snapshot = SnapshotDocument(allow_null=True, help_text="The newest.")


class ReserveVaultCoinDocument(ReserveCoinDocument):
    status = serializers.ChoiceField(
        choices=[one.value for one in CoinStatus],
        allow_null=True,
        help_text="CREDITED ones are collateral. null: too small to count.",
    )


class ReserveVaultDocument(serializers.Serializer[Any]):
    """A vault without its owner."""

    vault_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[one.value for one in VaultStatus])
    addresses = serializers.ListField(child=serializers.CharField(), help_text="All that are its.")
    collateral = serializers.CharField()
    leaving = serializers.CharField(help_text="On its way out: no collateral, but maybe still in the coins.")
    debt = serializers.CharField()
    ratio = serializers.CharField(allow_null=True, help_text=_RATIO)
    liquidation_ratio = serializers.CharField()
    coins_count = serializers.IntegerField()
    coins_amount = serializers.CharField()
    coins = ReserveVaultCoinDocument(many=True, help_text="The largest: 20 in lists, 500 of one vault alone.")


class OneReserveVaultDocument(serializers.Serializer[Any]):
    vault = ReserveVaultDocument()


class ReserveVaultsDocument(serializers.Serializer[Any]):
    vaults = ReserveVaultDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class OneSnapshotDocument(serializers.Serializer[Any]):
    snapshot = SnapshotDocument()


class SnapshotsDocument(serializers.Serializer[Any]):
    snapshots = SnapshotDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class ProofSumDocument(serializers.Serializer[Any]):
    asset = serializers.CharField()
    atoms = serializers.CharField()


class ProofLeafDocument(serializers.Serializer[Any]):
    audit_id = serializers.CharField(help_text="The number and the name of your account.")
    salt = serializers.CharField()
    index = serializers.CharField(help_text="Its bits, from the lowest: 1 where the other child is the left.")
    amounts = ProofSumDocument(many=True)


class ProofStepDocument(serializers.Serializer[Any]):
    hash = serializers.CharField()
    sums = ProofSumDocument(many=True)


class ProofDocument(serializers.Serializer[Any]):
    """As `docs/verify_liabilities.py` reads it."""

    snapshot = SnapshotDocument()
    leaf = ProofLeafDocument()
    path = ProofStepDocument(many=True, help_text="The other child on each level, from the leaf up.")
