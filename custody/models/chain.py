"""Facts of the chain as the watcher last saw it: where it stands, what it watches, which coins there are.

Confirmations are computed from these facts and the height, never stored.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from custody.bitcoin.types import OutPoint, Place
from custody.rules.statuses import Trail

TXID = 64


class ChainPosition(models.Model):
    """One row: the block up to which everything below is told. Its lock makes one watcher the only one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    network = models.CharField(max_length=8)
    height = models.IntegerField(default=-1)
    block_hash = models.CharField(max_length=TXID, blank=True)
    tip_height = models.IntegerField(default=-1)  # of the source, at the last poll
    peers = models.IntegerField(null=True)
    polled_at = models.DateTimeField(null=True)
    unfit = models.CharField(max_length=200, blank=True)  # why the source is not believed, or silent
    # Counts what was told: who has planned on other facts begins anew. Up to which of them money was moved.
    facts_number = models.BigIntegerField(default=0)
    reviewed_number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="custody_position_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.network} {self.height}"


class ChainBlock(models.Model):
    """A block of the active chain, for finding where another one forks off. Old ones are forgotten."""

    height = models.IntegerField(primary_key=True)
    block_hash = models.CharField(max_length=TXID, unique=True)
    time = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.height} {self.block_hash}"


class WatchedScript(models.Model):
    """A script that is ours to watch. `wallet`: "hot", "cold", or the reference of a vault's wallet."""

    script = models.BinaryField(unique=True)
    address = models.CharField(max_length=100, unique=True)
    trail = models.CharField(max_length=8, choices=[(one, one.value) for one in Trail])
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wallet = models.CharField(max_length=64)
    branch = models.PositiveSmallIntegerField()
    index = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="custody_script_place", fields=["wallet", "branch", "index"]),
            # One deposit address of a customer, whoever asks at the same time.
            models.UniqueConstraint(
                name="custody_script_one_deposit_address", fields=["owner"], condition=Q(trail=Trail.DEPOSIT)
            ),
            models.CheckConstraint(
                name="custody_script_owner",
                condition=Q(trail__in=[Trail.DEPOSIT, Trail.VAULT], owner__isnull=False)
                | Q(trail__in=[Trail.REFILL, Trail.CHANGE, Trail.COLD], owner__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def place(self) -> Place:
        return Place(self.branch, self.index)


class Coin(models.Model):
    """An output that pays a watched script, by `(txid, vout)`, and what is known of it.

    `height` is that of its block in the active chain, null while it is in none; `spent_height` the same of
    the transaction that spends it. `is_booked` says that the ledger counts it as the house's (hot, cold).
    `told_number`, of a vault's coin, is the `facts_number` under which this was last told: who follows vaults
    asks for later ones. Of all others it is 0.
    """

    txid = models.CharField(max_length=TXID)
    vout = models.PositiveIntegerField()
    watched = models.ForeignKey(WatchedScript, on_delete=models.PROTECT, related_name="coins")
    value_sats = models.BigIntegerField()
    is_coinbase = models.BooleanField(default=False)
    height = models.IntegerField(null=True)
    block_hash = models.CharField(max_length=TXID, blank=True)
    in_mempool = models.BooleanField(default=False)
    spent_by = models.CharField(max_length=TXID, blank=True)
    spent_height = models.IntegerField(null=True)
    is_booked = models.BooleanField(default=False)
    told_number = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="custody_coin_outpoint", fields=["txid", "vout"]),
            models.CheckConstraint(name="custody_coin_value", condition=Q(value_sats__gte=0)),
        ]
        indexes = [
            models.Index(name="custody_coin_height", fields=["height"]),
            models.Index(
                name="custody_coin_told", fields=["told_number", "id"], condition=Q(told_number__gt=0)
            ),
            models.Index(name="custody_coin_spent", fields=["spent_by"], condition=~Q(spent_by="")),
            models.Index(name="custody_coin_spent_at", fields=["spent_height"]),
            models.Index(
                name="custody_coin_being_spent",
                fields=["id"],
                condition=~Q(spent_by="") & Q(spent_height__isnull=True),
            ),
            models.Index(
                name="custody_coin_booked",
                fields=["watched"],
                include=["value_sats"],
                condition=Q(is_booked=True),
            ),
            models.Index(name="custody_coin_sighted", fields=["id"], condition=Q(in_mempool=True)),
            models.Index(
                name="custody_coin_unspent", fields=["watched"], condition=Q(spent_height__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.txid}:{self.vout}"

    @property
    def outpoint(self) -> OutPoint:
        return OutPoint(self.txid, self.vout)


class CoinSource(models.Model):
    """The whole transaction that made coins of ours, or spends some: signers are shown it, and what became
    of a spend is seen in it."""

    txid = models.CharField(max_length=TXID, primary_key=True)
    raw = models.BinaryField()

    def __str__(self) -> str:
        return self.txid


class FeeEstimate(models.Model):
    """One row: the rate that the latest turn of spending aimed at, for who plans without asking a source."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rate = models.BigIntegerField()  # satoshis for 1,000 vbytes
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="custody_fee_estimate_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.rate} at {self.at}"


class SpentInput(models.Model):
    """An outpoint that a transaction with coins of ours spends, whoever had it. A rival spends it too."""

    txid = models.CharField(max_length=TXID)
    prev_txid = models.CharField(max_length=TXID)
    prev_vout = models.PositiveIntegerField()
    rival = models.CharField(max_length=TXID, blank=True)  # another transaction that spends it
    rival_height = models.IntegerField(null=True)  # null: in the mempool only

    class Meta:
        constraints = [
            models.UniqueConstraint(name="custody_input_once", fields=["txid", "prev_txid", "prev_vout"])
        ]
        indexes = [
            models.Index(name="custody_input_outpoint", fields=["prev_txid", "prev_vout"]),
            models.Index(name="custody_input_rival", fields=["rival_height"], condition=~Q(rival="")),
        ]

    def __str__(self) -> str:
        return f"{self.prev_txid}:{self.prev_vout}"
