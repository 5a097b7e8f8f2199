"""What the exchange stores: shards, markets, orders, trades, balances, the journal and wallet transfers.

The engine's worker writes most of it with SQL (`journal.py`); everybody else only reads. Integers are
in the units of the engine: ticks, lots, atoms, nanoseconds.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exchange.engine.types import (
    SHARD_SLOTS,
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.rules import TRADE_ID_BITS, TransferDirection, TransferStatus


def _numbers(enum: type) -> list[tuple[int, str]]:
    return [(int(member), member.name) for member in enum]  # type: ignore[attr-defined]


class Shard(models.Model):
    """One engine: who leads it, how far it has come, and where in the queue it stands."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    epoch = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=100, default="", blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    sequence = models.BigIntegerField(default=0)
    timestamp_ns = models.BigIntegerField(default=0)
    stream_generation = models.CharField(max_length=100, default="", blank=True)
    stream_id = models.CharField(max_length=50, default="0-0")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__lt=SHARD_SLOTS), name="shard_number_in_range")
        ]

    def __str__(self) -> str:
        return f"shard {self.number}"


class MarketStatus(models.TextChoices):
    """PENDING: the row exists, the engine has not created it yet."""

    PENDING = "PENDING"
    OPEN = "OPEN"


class Market(models.Model):
    """A spot market. One tick is 10^-price_decimals of quote, one lot 10^-quantity_decimals of base."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    symbol = models.CharField(max_length=32, unique=True)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT)
    base_asset = models.CharField(max_length=10)
    quote_asset = models.CharField(max_length=10)
    base_decimals = models.PositiveSmallIntegerField()
    quote_decimals = models.PositiveSmallIntegerField()
    price_decimals = models.PositiveSmallIntegerField()
    quantity_decimals = models.PositiveSmallIntegerField()
    price_step_ticks = models.BigIntegerField(default=1)
    quantity_step_lots = models.BigIntegerField(default=1)
    min_notional_atoms = models.BigIntegerField(default=0)
    max_notional_atoms = models.BigIntegerField(default=2**62)
    max_open_orders = models.PositiveIntegerField(default=200)
    maker_fee_ppm = models.IntegerField(default=200)
    taker_fee_ppm = models.IntegerField(default=500)
    status = models.CharField(max_length=10, choices=MarketStatus, default=MarketStatus.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(price_decimals__lte=F("quote_decimals") - F("quantity_decimals")),
                name="market_tick_times_lot_is_whole_atoms",
            ),
            models.CheckConstraint(
                condition=Q(quantity_decimals__lte=F("base_decimals")), name="market_lot_is_whole_atoms"
            ),
            models.CheckConstraint(condition=Q(id__lt=4096), name="market_id_in_range"),
            models.CheckConstraint(condition=Q(status__in=MarketStatus.values), name="market_status_known"),
        ]

    def __str__(self) -> str:
        return self.symbol

    @property
    def quote_atoms_per_tick_lot(self) -> int:
        return int(10 ** (self.quote_decimals - self.price_decimals - self.quantity_decimals))

    @property
    def base_atoms_per_lot(self) -> int:
        return int(10 ** (self.base_decimals - self.quantity_decimals))


class Order(models.Model):
    """An order as of the last committed command. Its id comes from the command that placed it.

    A refused placement has a row too, so that a client who lost the answer can ask for it.
    """

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    client_order_id = models.CharField(max_length=36, default="", blank=True)
    side = models.SmallIntegerField(choices=_numbers(Side))
    order_type = models.SmallIntegerField(choices=_numbers(OrderType))
    time_in_force = models.SmallIntegerField(choices=_numbers(TimeInForce))
    post_only = models.BooleanField()
    price_ticks = models.BigIntegerField()
    quantity_lots = models.BigIntegerField()
    budget_atoms = models.BigIntegerField()
    self_trade_prevention = models.SmallIntegerField(choices=_numbers(SelfTradePrevention))
    maker_fee_ppm = models.IntegerField()
    taker_fee_ppm = models.IntegerField()
    status = models.SmallIntegerField(choices=_numbers(OrderStatus))
    close_reason = models.SmallIntegerField(choices=_numbers(CloseReason))
    reject_reason = models.SmallIntegerField(choices=[(0, "NONE"), *_numbers(RejectReason)])
    filled_lots = models.BigIntegerField()
    prevented_lots = models.BigIntegerField()
    filled_quote_atoms = models.BigIntegerField()
    taker_quote_atoms = models.BigIntegerField()
    fee_atoms = models.BigIntegerField()
    created_ns = models.BigIntegerField()
    updated_ns = models.BigIntegerField()

    class Meta:
        indexes = [
            # Refused placements are kept apart, or whoever is refused often would slow his own lists down.
            models.Index(
                fields=["account", "-id"],
                name="order_by_account",
                condition=~Q(status=OrderStatus.REJECTED),
            ),
            models.Index(
                fields=["account", "client_order_id", "-id"],
                name="order_by_client_id",
                condition=~Q(client_order_id="") & ~Q(status=OrderStatus.REJECTED),
            ),
            models.Index(
                fields=["account", "client_order_id", "-id"],
                name="order_refused_by_client_id",
                condition=~Q(client_order_id="") & Q(status=OrderStatus.REJECTED),
            ),
            models.Index(
                fields=["account", "-id"],
                name="order_open",
                condition=Q(status__in=(OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[int(status) for status in OrderStatus]), name="order_status_known"
            ),
            models.CheckConstraint(
                condition=Q(quantity_lots=0)
                | Q(filled_lots__lte=F("quantity_lots") - F("prevented_lots"))
                | Q(status=OrderStatus.REJECTED),
                name="order_not_overfilled",
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.id}"


class Trade(models.Model):
    """One match. `id` = market * 2^40 + trade id, so the primary key lists a market's trades in order."""

    id = models.BigIntegerField(primary_key=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    trade_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    timestamp_ns = models.BigIntegerField()
    maker_order_id = models.BigIntegerField()
    taker_order_id = models.BigIntegerField()
    maker_account = models.BigIntegerField()
    taker_account = models.BigIntegerField()
    taker_side = models.SmallIntegerField(choices=_numbers(Side))
    price_ticks = models.BigIntegerField()
    quantity_lots = models.BigIntegerField()
    notional_atoms = models.BigIntegerField()
    maker_fee_atoms = models.BigIntegerField()
    taker_fee_atoms = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["maker_account", "-timestamp_ns", "-id"], name="trade_by_maker"),
            models.Index(fields=["taker_account", "-timestamp_ns", "-id"], name="trade_by_taker"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity_lots__gt=0), name="trade_quantity_positive"),
            models.CheckConstraint(condition=Q(trade_id__lt=2**TRADE_ID_BITS), name="trade_id_in_range"),
        ]

    def __str__(self) -> str:
        return f"trade {self.trade_id} of market {self.market_id}"


class Balance(models.Model):
    """What an account holds in the engine of a shard, as of the last committed command."""

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    asset = models.CharField(max_length=10)
    free_atoms = models.BigIntegerField()
    locked_atoms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "asset", "shard"], name="balance_once"),
            models.CheckConstraint(
                condition=Q(free_atoms__gte=0, locked_atoms__gte=0), name="balance_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset} of {self.account_id}"


class JournalEntry(models.Model):
    """A command as the engine took it, and what came of it. Append-only; dense per shard."""

    id = models.BigIntegerField(primary_key=True)  # sequence * 64 + shard, as an order's id
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    sequence = models.BigIntegerField()
    epoch = models.BigIntegerField()
    timestamp_ns = models.BigIntegerField()
    command_id = models.UUIDField(unique=True)
    command = models.BinaryField()
    events = models.BinaryField()

    class Meta:
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"journal {self.shard_id}/{self.sequence}"


class WalletTransfer(models.Model):
    """Money on its way between a user's funding wallet and his trading account.

    Made with its pending ledger transfer in one transaction; ended by the engine's worker in the
    transaction that journals the deposit or withdrawal. The worker looks for rows that still wait.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT)
    direction = models.CharField(max_length=20, choices=[(d, d) for d in TransferDirection])
    asset = models.CharField(max_length=10)
    amount_atoms = models.BigIntegerField()
    key = models.CharField(max_length=100)
    command_id = models.UUIDField(unique=True)
    pending_id = models.BigIntegerField(unique=True)
    status = models.CharField(
        max_length=10, choices=[(s, s) for s in TransferStatus], default=TransferStatus.PENDING
    )
    reject_reason = models.SmallIntegerField(choices=[(0, "NONE"), *_numbers(RejectReason)], default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["shard", "id"], name="wallet_transfer_due", condition=Q(status=TransferStatus.PENDING)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="wallet_transfer_once"),
            models.CheckConstraint(condition=Q(amount_atoms__gt=0), name="wallet_transfer_positive"),
            models.CheckConstraint(
                condition=Q(status__in=list(TransferStatus)), name="wallet_transfer_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"
