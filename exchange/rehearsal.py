"""What the engine would say of an order by itself: asked of an empty one with the market's own terms.

It knows no book and nobody's money, so what follows from those it cannot refuse.
"""

import time

from exchange.engine.commands import PlaceOrder, deposit, set_market_status, set_reference_price
from exchange.engine.engine import Engine
from exchange.engine.events import Rejected, named
from exchange.engine.types import INT64_MAX, MarketStatus, RejectReason
from exchange.errors import EngineRefusal
from exchange.market_terms import COLUMNS, creating_command
from exchange.models import Market

_FOLLOWS_FROM_BOOKS = (RejectReason.FOK_UNFILLED, RejectReason.INSUFFICIENT_FUNDS)


def rehearse(market: Market, command: PlaceOrder) -> None:
    """Raises EngineRefusal."""
    engine, now_ns = Engine(), time.time_ns()
    preparations = [
        creating_command({name: getattr(market, name) for name in COLUMNS}),
        *(
            deposit(account=command.account, asset=asset, amount_atoms=INT64_MAX, transfer_id=number)
            for number, asset in enumerate((market.base_asset, market.quote_asset), 1)
        ),
    ]
    if market.reference_price_ticks:
        preparations.append(
            set_reference_price(market=market.symbol, price_ticks=market.reference_price_ticks)
        )
    preparations.append(set_market_status(market=market.symbol, status=MarketStatus[market.status]))
    engine.apply_batch(preparations, now_ns)
    first = named(engine.apply(command, now_ns)[0])
    if isinstance(first, Rejected) and first.reason not in _FOLLOWS_FROM_BOOKS:
        raise EngineRefusal(RejectReason(first.reason))
