"""Orders, trades, balances and what an account is told of them, written by the engine's worker."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from exchange.engine.types import (
    CloseReason,
    OrderStatus,
    OrderType,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from exchange.models.markets import Market, Shard
from exchange.rules import TRADE_ID_BITS


def numbers(enum: type) -> list[tuple[int, str]]:
    """The choices of a field that holds an enum of the engine."""
    return [(int(member), member.name) for member in enum]  # type: ignore[attr-defined]


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
    side = models.SmallIntegerField(choices=numbers(Side))
    order_type = models.SmallIntegerField(choices=numbers(OrderType))
    time_in_force = models.SmallIntegerField(choices=numbers(TimeInForce))
    post_only = models.BooleanField()
    price_ticks = models.BigIntegerField()
    quantity_lots = models.BigIntegerField()
    budget_atoms = models.BigIntegerField()
    self_trade_prevention = models.SmallIntegerField(choices=numbers(SelfTradePrevention))
    maker_fee_ppm = models.IntegerField()
    taker_fee_ppm = models.IntegerField()
    status = models.SmallIntegerField(choices=numbers(OrderStatus))
    close_reason = models.SmallIntegerField(choices=numbers(CloseReason))
    reject_reason = models.SmallIntegerField(choices=[(0, "NONE"), *numbers(RejectReason)])
    filled_lots = models.BigIntegerField()
    prevented_lots = models.BigIntegerField()
    filled_quote_atoms = models.BigIntegerField()
    taker_quote_atoms = models.BigIntegerField()
    fee_atoms = models.BigIntegerField()
    trigger_price_ticks = models.BigIntegerField(db_default=0)
    expires_ns = models.BigIntegerField(db_default=0)
    triggered_ns = models.BigIntegerField(db_default=0)
    # Where it entered its queue, if not at its own command: that command, and which event there.
    queued_sequence = models.BigIntegerField(db_default=0)
    queued_index = models.IntegerField(db_default=0)
    # What it was placed with, where it has been amended since.
    original_price_ticks = models.BigIntegerField(null=True, blank=True)
    original_quantity_lots = models.BigIntegerField(null=True, blank=True)
    original_trigger_price_ticks = models.BigIntegerField(null=True, blank=True)
    created_ns = models.BigIntegerField()
    updated_ns = models.BigIntegerField()

    class Meta:
        indexes = [
            # Refused placements are kept apart, or whoever is refused often would slow his own lists down.
            # Its last column lets those of other markets be passed over without a look at them.
            models.Index(
                fields=["account", "id", "market"],
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
                condition=Q(
                    status__in=(OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.UNTRIGGERED)
                ),
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
    taker_side = models.SmallIntegerField(choices=numbers(Side))
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


class DeadMansSwitch(models.Model):
    """An armed dead man's switch, as of the last committed command. No market means all of the shard."""

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, db_constraint=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False)
    market = models.CharField(max_length=32, default="", blank=True)
    due_ns = models.BigIntegerField()

    class Meta:
        verbose_name = "dead man's switch"
        verbose_name_plural = "dead man's switches"
        constraints = [
            models.UniqueConstraint(fields=["account", "market", "shard"], name="dead_mans_switch_once")
        ]

    def __str__(self) -> str:
        return f"switch of {self.account_id} for {self.market or 'all'}"


class AccountMessage(models.Model):
    """What one batch changed for one account: `sequence` is dense per account and shard, from 1.

    `content` is `exchange.wire.encode_account_message`: the events that concern the account, its balances.
    Kept for replay after a reconnect; old ones are deleted, but never an account's newest.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    sequence = models.BigIntegerField()
    timestamp_ns = models.BigIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "shard", "sequence"], name="account_message_once")
        ]
        indexes = [
            # Rows stand in the order of time, so that a few bytes for many pages find the old ones.
            BrinIndex(fields=["timestamp_ns"], name="account_message_by_time", autosummarize=True)
        ]

    def __str__(self) -> str:
        return f"message {self.sequence} of {self.account_id}"
