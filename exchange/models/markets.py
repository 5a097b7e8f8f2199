"""Shards and their markets, and what operators set for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exchange.engine.types import MAX_FEE_TIER, SHARD_SLOTS


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
    """PENDING: the row exists, the engine has not created the market yet. The others are the engine's own."""

    PENDING = "PENDING"
    OPEN = "OPEN"
    POST_ONLY = "POST_ONLY"
    CANCEL_ONLY = "CANCEL_ONLY"
    HALTED = "HALTED"


class LanePolicy(models.TextChoices):
    """How commands of one batch are put in order (see `exchange.lanes`)."""

    FIFO = "FIFO"
    LANES = "LANES"


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
    band_ppm = models.IntegerField(default=0, help_text="0: no price band")
    breaker_ppm = models.IntegerField(default=0, help_text="0: no circuit breaker")
    breaker_window_ns = models.BigIntegerField(default=0)
    breaker_halt_ns = models.BigIntegerField(default=0, help_text="0: until an operator ends it")
    lane_policy = models.CharField(max_length=5, choices=LanePolicy, default=LanePolicy.FIFO)
    # What the engine knows beside its parameters, as of the last committed command.
    resume_ns = models.BigIntegerField(default=0)
    reference_price_ticks = models.BigIntegerField(default=0)
    breaker_price_ticks = models.BigIntegerField(default=0)
    breaker_since_ns = models.BigIntegerField(default=0)
    status = models.CharField(max_length=11, choices=MarketStatus, default=MarketStatus.PENDING)
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
            models.CheckConstraint(
                condition=Q(lane_policy__in=LanePolicy.values), name="market_lane_policy_known"
            ),
        ]

    def __str__(self) -> str:
        return self.symbol

    @property
    def quote_atoms_per_tick_lot(self) -> int:
        return int(10 ** (self.quote_decimals - self.price_decimals - self.quantity_decimals))

    @property
    def base_atoms_per_lot(self) -> int:
        return int(10 ** (self.base_decimals - self.quantity_decimals))


class FeeTier(models.Model):
    """The rates of one tier in one market, as the engine applies them. Tier 0 are the market's own."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    tier = models.PositiveSmallIntegerField()
    maker_fee_ppm = models.IntegerField()
    taker_fee_ppm = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "tier"], name="fee_tier_once"),
            models.CheckConstraint(condition=Q(tier__range=(1, MAX_FEE_TIER)), name="fee_tier_in_range"),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier} of {self.market}"


class FeeTierRule(models.Model):
    """From which 30-day volume (in atoms of `quote_asset`) an account belongs to a tier."""

    tier = models.PositiveSmallIntegerField(primary_key=True)
    quote_asset = models.CharField(max_length=10)
    volume_atoms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tier__range=(1, MAX_FEE_TIER)), name="fee_tier_rule_in_range"),
            models.CheckConstraint(condition=Q(volume_atoms__gt=0), name="fee_tier_rule_positive"),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier} from {self.volume_atoms} atoms of {self.quote_asset}"


class AccountTier(models.Model):
    """The fee tier of an account in the engine of a shard; who has no row is in tier 0.

    `pinned` is the operators' own: the review of tiers by volume leaves such a row alone.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, db_constraint=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False)
    tier = models.PositiveSmallIntegerField()
    pinned = models.BooleanField(db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "account"], name="account_tier_once")]

    def __str__(self) -> str:
        return f"tier {self.tier} of {self.account_id}"


class MarketMaker(models.Model):
    """A designated market maker: has a lane of its own in markets with the policy LANES."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["market", "account"], name="market_maker_once")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.market}"
