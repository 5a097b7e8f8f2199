"""Types of the API: what answers about orders are made of. Generated: do not edit."""

from ballast_sdk.calls import Amount
from ballast_sdk.models.base import Form, Model
from ballast_sdk.models.choices import (
    CloseReason,
    OrderStatus,
    OrderType,
    PendingStatus,
    RejectReason,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from ballast_sdk.models.shared import Fill


class ItemError(Model, frozen=True, kw_only=True):
    """As the `error` of a refusal; further values may stand beside."""

    code: str
    message: str
    field: str


class Original(Model, frozen=True, kw_only=True):
    """What an amended order was placed with."""

    price: str | None
    quantity: str | None
    trigger_price: str | None


class Order(Model, frozen=True, kw_only=True):
    """order_id: null where the placement was refused.
    remaining_quantity: What was not filled; null for an order by budget alone.
    prevented_quantity: What self-trade prevention took off.
    filled_quote: What the fills were worth, without the fee.
    fee: Charged so far, in fee_asset.
    original: null where the order was never amended.
    """

    order_id: str | None
    client_order_id: str | None
    market: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    post_only: bool
    price: str | None
    quantity: str | None
    quote_budget: str | None
    trigger_price: str | None
    self_trade_prevention: SelfTradePrevention
    status: OrderStatus
    close_reason: CloseReason | None
    reject_reason: RejectReason | None
    filled_quantity: str
    remaining_quantity: str | None
    prevented_quantity: str
    filled_quote: str
    fee: str
    fee_asset: str
    original: Original | None
    expires_at_ms: int | None
    triggered_at_ms: int | None
    created_at_ms: int
    updated_at_ms: int


class CancelResult(Model, frozen=True, kw_only=True):
    """With `ok` the order, else the error."""

    ok: bool
    order: Order | None = None
    error: ItemError | None = None


class CancelForm(Form, frozen=True, kw_only=True):
    order_id: str | None = None
    client_order_id: str | None = None


class OneOrder(Model, frozen=True, kw_only=True):
    """fills_truncated: Whether these are only the latest 1,000."""

    order: Order
    fills: list[Fill]
    fills_truncated: bool


class OrderForm(Form, frozen=True, kw_only=True):
    """A limit order needs price and quantity; a market order quantity, quote_budget, or both as caps; a stop
    or take-profit order trigger_price beside.

    time_in_force: GTC for limit, IOC for market orders if left out. GTD needs expires_at_ms.
    price: In quote per base; a multiple of tick_size.
    quantity: In base; a multiple of lot_size.
    quote_budget: Market orders only: a buy spends no more (fee included), a sell stops there.
    trigger_price: Stop and take-profit orders only: the last price at which the order is executed.
    expires_at_ms: GTD only: when what is left is closed.
    post_only: Refused if it would match at once.
    self_trade_prevention: What happens where the order meets one of yours; EXPIRE_MAKER if left out.
    client_order_id: Yours to choose. A repeat gets the first answer.
    """

    market: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce | None = None
    price: Amount | None = None
    quantity: Amount | None = None
    quote_budget: Amount | None = None
    trigger_price: Amount | None = None
    expires_at_ms: int | None = None
    post_only: bool | None = None
    self_trade_prevention: SelfTradePrevention | None = None
    client_order_id: str | None = None


class Orders(Model, frozen=True, kw_only=True):
    orders: list[Order]
    next_cursor: str | None


class PendingOrder(Model, frozen=True, kw_only=True):
    client_order_id: str
    status: PendingStatus


class Pending(Model, frozen=True, kw_only=True):
    """The placement is queued: the engine has not read it yet."""

    order: PendingOrder


class PlaceResult(Model, frozen=True, kw_only=True):
    """With `ok` the order and its fills, else the error."""

    ok: bool
    order: Order | None = None
    fills: list[Fill] | None = None
    fills_truncated: bool | None = None
    error: ItemError | None = None


class Placed(Model, frozen=True, kw_only=True):
    """The order as its own placement left it, and the fills of that moment.

    fills_truncated: Whether these are only the latest 1,000.
    """

    order: Order
    fills: list[Fill]
    fills_truncated: bool


class Switch(Model, frozen=True, kw_only=True):
    """market: null: all markets.
    due_at_ms: When every open order of it is canceled.
    """

    market: str | None
    due_at_ms: int
