"""Types of the API: what several subjects share. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import FillRole, Side


class Fill(Model, frozen=True, kw_only=True):
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
