"""Types of the API: what several subjects share. Generated: do not edit."""

from ballast_sdk.models.base import Model
from ballast_sdk.models.choices import FillRole, PriceState, Side


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


class ShownPrice(Model, frozen=True, kw_only=True):
    """What a bitcoin is worth in dollars, for showing. `docs/oracle.md` says what states mean."""

    price: str | None
    state: PriceState
    reason: str | None
    age_ms: int | None
    simulated: bool
