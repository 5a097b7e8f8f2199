"""Types of the API: what answers about wallet are made of. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import FillRole, Side, TransferStatus, Wallet
from ballast_sdk.models.shared import Fill


class Balance(Model, frozen=True, kw_only=True):
    """`funding_pending` is on its way out of the funding wallet; `trading_locked` is held by open orders."""

    asset: str
    funding_available: str
    funding_pending: str
    trading_free: str
    trading_locked: str


class Faucet(Model, frozen=True, kw_only=True):
    asset: str
    amount: str
    funding_available: str


class NextTier(Model, frozen=True, kw_only=True):
    """volume: What must have been traded of the asset."""

    tier: int
    asset: str
    volume: str
    missing: str


class Rates(Model, frozen=True, kw_only=True):
    """`tier` is the one whose rates apply: a market need not know each.

    maker_fee_ppm: Millionths of the quote amount; below 0 a rebate.
    taker_fee_ppm: Millionths of the quote amount.
    """

    market: str
    tier: int
    maker_fee_ppm: int
    taker_fee_ppm: int


class Volume(Model, frozen=True, kw_only=True):
    asset: str
    amount: str


class FeeTier(Model, frozen=True, kw_only=True):
    """tier: 0: the markets' own rates.
    is_pinned: Whether operators set it, whatever the volume is.
    """

    tier: int
    is_pinned: bool
    volume_days: int
    volumes: list[Volume]
    markets: list[Rates]
    next_tier: NextTier | None


class Fills(Model, frozen=True, kw_only=True):
    fills: list[Fill]
    next_cursor: str | None


class Posting(Model, frozen=True, kw_only=True):
    """shard: Of a trading account.
    amount: Below zero it went out.
    balance: Of the wallet, after this posting.
    code: What it was for: TRADE, TO_TRADING, ...
    """

    time_ms: int
    posting_id: str
    wallet: Wallet
    shard: int
    asset: str
    amount: str
    balance: str
    code: str
    reference: str


class LedgerStatement(Model, frozen=True, kw_only=True):
    postings: list[Posting]
    next_cursor: str | None


class Transfer(Model, frozen=True, kw_only=True):
    """shard: Whose markets the trading account is for."""

    transfer_id: str
    asset: str
    amount: str
    from_wallet: Wallet
    to_wallet: Wallet
    shard: int
    status: TransferStatus
    reject_reason: str | None
    created_at_ms: int


class TradeRow(Model, frozen=True, kw_only=True):
    """A fill, and what it did to the position. All money is in the market's quote asset.

    cost: Of what was sold of the position.
    profit: null for a buy and a sale without a cost.
    uncovered_quantity: Sold beyond the position, at a cost unknown here.
    average_cost: Of one whole unit of base.
    """

    trade_id: str
    order_id: str
    market: str
    side: Side
    role: FillRole
    price: str
    quantity: str
    quote_amount: str
    fee: str
    fee_asset: str
    time_ms: int
    cost: str | None
    profit: str | None
    uncovered_quantity: str | None
    uncovered_proceeds: str | None
    position_quantity: str
    position_cost: str
    average_cost: str | None


class TradeStatement(Model, frozen=True, kw_only=True):
    trades: list[TradeRow]
    next_cursor: str | None


class Transfers(Model, frozen=True, kw_only=True):
    transfers: list[Transfer]
    next_cursor: str | None
